# SPDX-License-Identifier: BSD-3-Clause
# find_package(credence) and pkg-config, both relocatable: neither holds a path of the machine that built it.
include(CMakePackageConfigHelpers)
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/credence)
install(EXPORT credence NAMESPACE credence:: FILE credence-targets.cmake DESTINATION ${config_dir})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/credence-config.cmake.in
  ${PROJECT_BINARY_DIR}/generated/credence-config.cmake INSTALL_DESTINATION ${config_dir}
  NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/credence-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/credence-config.cmake
  ${PROJECT_BINARY_DIR}/generated/credence-config-version.cmake DESTINATION ${config_dir})

# pkg-config: the archives from the highest floor down, then what static consumers link besides.
get_property(compiled GLOBAL PROPERTY CREDENCE_COMPILED_MODULES)
list(REVERSE compiled)
list(TRANSFORM compiled PREPEND "-lcredence_")
set(others "")
set(libraries ${ZLIB_LIBRARIES})
if(CREDENCE_HAVE_BLAS)
  list(PREPEND libraries ${BLAS_LIBRARIES})
endif()
foreach(library IN LISTS libraries)
  if(library MATCHES "^(.*)/lib([^/]+)\\.(so|a|dylib)$")
    if(NOT CMAKE_MATCH_1 IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
      list(APPEND others "-L${CMAKE_MATCH_1}")
    endif()
    list(APPEND others "-l${CMAKE_MATCH_2}")
  else()
    list(APPEND others ${library})
  endif()
endforeach()
list(APPEND others -pthread)
if(CREDENCE_CUDA)
  list(APPEND others -lcublasLt -lcublas -lcusolver -lcudart_static -ldl -lrt)
endif()
list(JOIN compiled " " CREDENCE_PC_LIBS)
list(JOIN others " " others)
if(BUILD_SHARED_LIBS)
  set(CREDENCE_PC_LIBS_PRIVATE "${others}")
else()
  string(APPEND CREDENCE_PC_LIBS " ${others}")
  set(CREDENCE_PC_LIBS_PRIVATE "")
endif()
# ${pcfiledir} is <prefix>/<libdir>/pkgconfig, wherever the prefix is moved to.
file(RELATIVE_PATH CREDENCE_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" CREDENCE_PC_PREFIX ${CREDENCE_PC_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/credence.pc.in ${PROJECT_BINARY_DIR}/generated/credence.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/generated/credence.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
