#pragma once

#define FUSE_USE_VERSION 314
#include <fuse3/fuse_lowlevel.h>

namespace randomiofs::fuse {

/// Each group fills in its callbacks. A callback copies what dies with it (names, fuse_file_info) into a
/// handler coroutine and starts it on the current channel.
void add_meta_ops(fuse_lowlevel_ops& ops);
void add_io_ops(fuse_lowlevel_ops& ops);
void add_dir_ops(fuse_lowlevel_ops& ops);

}  // namespace randomiofs::fuse
