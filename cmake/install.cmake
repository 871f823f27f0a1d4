# What `cmake --install` puts where: the libraries and their CMake package, then the daemon.

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/randomio)
get_property(components GLOBAL PROPERTY RANDOMIO_COMPONENTS)

# randomio_install_component(NAME)
#
# Its headers, its library, and randomio-NAME.cmake, which finds what it depends on before it defines randomio::NAME.
# So a program that asks for `io` is not made to find what only other components need.
function(randomio_install_component name)
  set(folder ${name})
  if(name STREQUAL "io" OR name STREQUAL "runtime")
    set(folder core/${name})
  else()
    set(folder backends/${name})
  endif()
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/randomio/${folder}
    FILES_MATCHING PATTERN "*.hpp")
  install(FILES ${PROJECT_SOURCE_DIR}/include/randomio/${name}.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/randomio)
  install(TARGETS randomio_${name} EXPORT randomio-${name}-target
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT randomio-${name}-target NAMESPACE randomio:: DESTINATION ${package_dir})

  set(text "include_guard()\ninclude(CMakeFindDependencyMacro)\n")
  get_property(depends GLOBAL PROPERTY RANDOMIO_DEPENDS_${name})
  foreach(dependency IN LISTS depends)
    string(REGEX MATCH "^(.+)::(.+)$" split ${dependency})
    set(package ${CMAKE_MATCH_1})
    set(target ${CMAKE_MATCH_2})
    if(package STREQUAL "randomio")
      string(APPEND text "include(\${CMAKE_CURRENT_LIST_DIR}/randomio-${target}.cmake)\n")
    elseif(package STREQUAL "PkgConfig")
      string(APPEND text "find_dependency(PkgConfig)\npkg_check_modules(${target} REQUIRED IMPORTED_TARGET ${target})\n")
    else()
      string(APPEND text "find_dependency(${package})\n")
    endif()
  endforeach()
  string(APPEND text "include(\${CMAKE_CURRENT_LIST_DIR}/randomio-${name}-target.cmake)\n")
  set(file ${PROJECT_BINARY_DIR}/package/randomio-${name}.cmake)
  file(GENERATE OUTPUT ${file} CONTENT "${text}")
  install(FILES ${file} DESTINATION ${package_dir})
endfunction()

foreach(component IN LISTS components)
  randomio_install_component(${component})
endforeach()

include(CMakePackageConfigHelpers)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/randomioConfig.cmake.in
  ${PROJECT_BINARY_DIR}/package/randomioConfig.cmake INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/randomioConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/package/randomioConfig.cmake ${PROJECT_BINARY_DIR}/package/randomioConfigVersion.cmake
  DESTINATION ${package_dir})

if(RANDOMIO_FS)
  set(RANDOMIOFS_BIN_FROM_PREFIX ${CMAKE_INSTALL_BINDIR})
  configure_file(${PROJECT_SOURCE_DIR}/packaging/mount.randomiofs.in ${PROJECT_BINARY_DIR}/package/mount.randomiofs @ONLY)
  install(TARGETS randomiofs RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(PROGRAMS ${PROJECT_BINARY_DIR}/package/mount.randomiofs DESTINATION ${CMAKE_INSTALL_SBINDIR})

  # The prefix may be given as late as `cmake --install --prefix`, and units need absolute paths.
  install(CODE "
    set(RANDOMIOFS_BIN_DIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
    set(RANDOMIOFS_DOC_DIR \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/doc/randomiofs\")
    configure_file(\"${PROJECT_SOURCE_DIR}/packaging/randomiofs@.service.in\"
                   \"${PROJECT_BINARY_DIR}/package/randomiofs@.service\" @ONLY)")
  install(FILES ${PROJECT_BINARY_DIR}/package/randomiofs@.service DESTINATION lib/systemd/system)
  install(FILES randomiofs.toml.example README.md docs/semantics.md LICENSE-APACHE LICENSE-MIT
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/randomiofs)
  # mount(8) looks for helpers in /sbin only.
  install(CODE "
    if(NOT EXISTS /sbin/mount.randomiofs)
      message(STATUS \"For `mount -t randomiofs` and /etc/fstab: ln -s \${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/mount.randomiofs /sbin/\")
    endif()")
endif()
