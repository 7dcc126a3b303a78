# SPDX-License-Identifier: BSD-3-Clause
# What credence is built with. Everything is a system package; nothing is fetched.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.81 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.9 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
if(CREDENCE_APPS)
  find_package(CLI11 REQUIRED)
endif()

# Eigen with one fixed alignment, so that translation units of different instruction sets agree; never its own threads.
add_library(credence_eigen INTERFACE)
target_link_libraries(credence_eigen INTERFACE Eigen3::Eigen)
target_compile_definitions(credence_eigen INTERFACE EIGEN_MAX_ALIGN_BYTES=64 EIGEN_DONT_PARALLELIZE)

set(CREDENCE_HAVE_BLAS OFF)
if(CREDENCE_BLAS)
  set(BLA_SIZEOF_INTEGER 4)
  find_package(BLAS QUIET)
  find_path(CREDENCE_CBLAS_INCLUDE cblas.h PATH_SUFFIXES x86_64-linux-gnu openblas)
  if(BLAS_FOUND AND CREDENCE_CBLAS_INCLUDE)
    set(CREDENCE_HAVE_BLAS ON)
    add_library(credence_blas INTERFACE)
    target_include_directories(credence_blas SYSTEM INTERFACE ${CREDENCE_CBLAS_INCLUDE})
    target_compile_definitions(credence_blas INTERFACE CREDENCE_HAVE_BLAS=1)
    set(credence_blas credence_blas)            # the header and the definition
    set(credence_blas_library BLAS::BLAS)       # what is linked, here and by consumers of the static library
  endif()
endif()

if(CREDENCE_CUDA)
  include(cmake/cuda.cmake)
endif()
