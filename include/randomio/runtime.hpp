#pragma once

/// Tasks and loops: link `randomio::runtime`. Optional for users of the traits, who may bring their own.

#include <randomio/core/runtime/blocking_pool.hpp>
#include <randomio/core/runtime/epoll_loop.hpp>
#include <randomio/core/runtime/gate.hpp>
#include <randomio/core/runtime/loop.hpp>
#include <randomio/core/runtime/sleep.hpp>
#include <randomio/core/runtime/stop_relay.hpp>
#include <randomio/core/runtime/sync_wait.hpp>
#include <randomio/core/runtime/task.hpp>
#include <randomio/core/runtime/task_scope.hpp>
#include <randomio/core/runtime/timer_queue.hpp>
#include <randomio/core/runtime/uring_loop.hpp>
#include <randomio/core/runtime/uring_operation.hpp>
#include <randomio/core/runtime/uring_request.hpp>
#include <randomio/core/runtime/whole_file.hpp>
