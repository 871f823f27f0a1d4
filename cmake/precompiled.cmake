# randomio_precompiled(NAME HEADERS ... OPTIONS ...)
#
# NAME, when linked to, compiles with OPTIONS and with these system headers read already; without Clang only with
# OPTIONS. Not CMake's own precompiled headers: those name files in the build directory and their times, so that no
# two checkouts would share a compiler cache. This one has the same bytes everywhere, since its source is /dev/null.
#
# OPTIONS must say all that the headers can see: optimisation, sanitizers, position.
function(randomio_precompiled name)
  cmake_parse_arguments(arg "" "" "HEADERS;OPTIONS" ${ARGN})
  add_library(${name} INTERFACE)
  target_compile_options(${name} INTERFACE ${arg_OPTIONS})
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR NOT CMAKE_GENERATOR MATCHES "Ninja")
    return()
  endif()
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  get_property(everywhere DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTY COMPILE_OPTIONS)
  list(TRANSFORM arg_HEADERS REPLACE "(.+)" "-include;\\1" OUTPUT_VARIABLE includes)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.pch)
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_CXX_COMPILER} ${flags} ${everywhere} -std=c++2b ${arg_OPTIONS} -x c++-header ${includes} /dev/null
      -w -fpch-instantiate-templates -Xclang -fno-pch-timestamp -MD -MF ${file}.d -MT ${file} -o ${file}
    DEPFILE ${file}.d VERBATIM COMMENT "Precompiling ${name}")
  add_custom_target(${name}.headers DEPENDS ${file})
  add_dependencies(${name} ${name}.headers)
  target_compile_options(${name} INTERFACE "SHELL:-include-pch ${file}")
endfunction()

# What nearly every source of the tree reads.
set(RANDOMIO_STANDARD_HEADERS
  algorithm array atomic charconv chrono condition_variable coroutine cstdint cstring deque expected filesystem functional
  map memory mutex optional random ranges set span sstream string string_view system_error thread unordered_map utility
  variant vector)
