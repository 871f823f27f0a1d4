// misuse: (no matching constructor|expects an lvalue|no matching function)
#include <randomio/io.hpp>
#include <randomio/memory.hpp>

#ifdef MISUSE
randomio::dyn_read erased{randomio::memory::device()};
#else
randomio::memory::device device;
randomio::dyn_read erased{device};
#endif
