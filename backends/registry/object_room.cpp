#include <randomio/backends/registry/registry.hpp>

#if RANDOMIO_HAS_OBJECT
#include <randomio/backends/object/memory_budget.hpp>
#include <randomio/backends/object/spill_space.hpp>
#endif

namespace randomio {

#if RANDOMIO_HAS_OBJECT
void environment::share(std::uint64_t memory_bytes, std::uint64_t spill_bytes) {
  memory = std::make_shared<object::memory_budget>(memory_bytes);
  spill = std::make_shared<object::spill_space>(state_dir, spill_bytes);
}
#else
void environment::share(std::uint64_t, std::uint64_t) {}
#endif

}  // namespace randomio
