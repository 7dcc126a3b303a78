# SPDX-License-Identifier: BSD-3-Clause
# The CUDA backend: sm_80 PTX for what comes, sm_90 code for what is here; static cudart, so that one binary runs with
# and without a GPU.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)  # before the language is enabled, which sets its own choice
  set(CMAKE_CUDA_ARCHITECTURES "80-virtual;90-real")
endif()
if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
  find_program(CREDENCE_NVCC nvcc HINTS $ENV{CUDA_HOME}/bin /usr/local/cuda/bin)
  if(CREDENCE_NVCC)
    set(CMAKE_CUDA_COMPILER ${CREDENCE_NVCC})
  endif()
endif()
enable_language(CUDA)
if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)  # CMake 3.25 has not heard of C++20 in nvcc
  set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
  set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
endif()
find_package(CUDAToolkit 13 REQUIRED)
set(CMAKE_CUDA_STANDARD 20)
set(CMAKE_CUDA_STANDARD_REQUIRED ON)
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
add_library(credence_cuda INTERFACE)
target_link_libraries(credence_cuda INTERFACE CUDA::cudart_static)
# CUDA 13 keeps Thrust and CUB under include/cccl.
target_include_directories(credence_cuda SYSTEM INTERFACE ${CUDAToolkit_INCLUDE_DIRS}/cccl ${CUDAToolkit_INCLUDE_DIRS})
target_compile_definitions(credence_cuda INTERFACE CREDENCE_HAVE_CUDA=1)
# -fmad=false: a * b + c is rounded twice on every backend; fused steps are written as fma.
target_compile_options(credence_cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false;-Xcompiler=-ffp-contract=off>)
