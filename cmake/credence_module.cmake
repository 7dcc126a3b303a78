# SPDX-License-Identifier: BSD-3-Clause
# credence_module(<name> [DEPENDS <module>...] [PRIVATE <target>...] [LINK <target>...])
#
# DEPENDS names modules on lower floors; PRIVATE names what only the compiler needs (Eigen, Boost, JSON: headers), which
# consumers never see; LINK names libraries that a consumer of the static library must link too (zlib, BLAS):
# each of them also has its find_dependency() in credence-config.cmake.in and its flag in cmake/install.cmake.
#
# Makes the library credence::<name> from what lies in the module's two folders:
#   include/credence/<name>/**.hpp  its public headers (installed, each compiled alone by the header check)
#   src/<name>/*.cpp                its sources
#   src/<name>/*_simd.cpp           sources compiled once for each instruction set, in the namespace CREDENCE_ISA
#   src/<name>/*_cuda.cu            CUDA sources, only with CREDENCE_CUDA
# `models` and `samplers` have include/ and src/ folders of their own beside lib/.
include_guard()
include(GNUInstallDirs)

set(CREDENCE_INSTRUCTION_SETS avx2 avx512 CACHE STRING
  "Instruction sets that hot kernels are compiled for besides the generic one; the processor's best is chosen at run time")
set(CREDENCE_ISAS isa_generic)
set(CREDENCE_ISA_FLAGS_isa_generic "")
set(CREDENCE_ISA_FLAGS_isa_avx2 -mavx2 -mfma -mf16c -mbmi -mbmi2)
set(CREDENCE_ISA_FLAGS_isa_avx512
  -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mf16c -mbmi -mbmi2 -mprefer-vector-width=512)
add_library(credence_instruction_sets INTERFACE)
foreach(set IN ITEMS avx2 avx512)
  if(set IN_LIST CREDENCE_INSTRUCTION_SETS AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    list(APPEND CREDENCE_ISAS isa_${set})
  else()
    string(TOUPPER CREDENCE_WITHOUT_${set} without)
    target_compile_definitions(credence_instruction_sets INTERFACE ${without})
  endif()
endforeach()

# Flags of everything compiled here, never exported.
add_library(credence_build_flags INTERFACE)
target_compile_options(credence_build_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow>
  # GCC 12 warns of overlapping copies inside std::string that cannot happen (GCC bug 105651).
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-Wno-restrict>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${CREDENCE_WERROR}>>:-Werror>)

target_link_libraries(credence_build_flags INTERFACE credence_instruction_sets)

set_property(GLOBAL PROPERTY CREDENCE_MODULES "")

function(credence_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;PRIVATE;LINK")
  set(home ${PROJECT_SOURCE_DIR}/lib)
  if(name STREQUAL "models" OR name STREQUAL "samplers")
    set(home ${PROJECT_SOURCE_DIR}/${name})
  endif()
  file(GLOB headers CONFIGURE_DEPENDS ${home}/include/credence/${name}/*.hpp ${home}/include/credence/${name}/*/*.hpp)
  if(name STREQUAL "models" OR name STREQUAL "samplers")
    file(GLOB all_sources CONFIGURE_DEPENDS ${home}/src/*.cpp)
    file(GLOB cuda_sources CONFIGURE_DEPENDS ${home}/src/*_cuda.cu)
  else()
    file(GLOB all_sources CONFIGURE_DEPENDS ${home}/src/${name}/*.cpp)
    file(GLOB cuda_sources CONFIGURE_DEPENDS ${home}/src/${name}/*_cuda.cu)
  endif()
  set(simd_sources ${all_sources})
  list(FILTER simd_sources INCLUDE REGEX "_simd\\.cpp$")
  set(sources ${all_sources})
  list(FILTER sources EXCLUDE REGEX "_simd\\.cpp$")
  set(target credence_${name})

  if(all_sources)
    add_library(${target} ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:credence_build_flags>)
    set_target_properties(${target} PROPERTIES
      VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
      # The same compile lines for static and shared libraries, so that ccache serves both.
      POSITION_INDEPENDENT_CODE ON DEFINE_SYMBOL "")
    target_include_directories(${target} PRIVATE ${home}/src)
    if(CREDENCE_PRECOMPILE)
      target_precompile_headers(${target} PRIVATE <algorithm> <cmath> <functional> <map> <memory> <optional> <span>
        <string> <unordered_map> <vector>)
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(credence::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ON)
  target_compile_features(${target} ${scope} cxx_std_20)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${home}/include FILES ${headers})
  foreach(module IN LISTS arg_DEPENDS)
    target_link_libraries(${target} ${scope} credence_${module})
  endforeach()
  if(arg_PRIVATE AND all_sources)
    foreach(library IN LISTS arg_PRIVATE)
      target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:${library}>)
    endforeach()
  endif()
  if(arg_LINK AND all_sources)
    target_link_libraries(${target} PRIVATE ${arg_LINK})
  endif()

  foreach(isa IN LISTS CREDENCE_ISAS)
    if(simd_sources)
      add_library(${target}_${isa} OBJECT ${simd_sources})
      target_compile_features(${target}_${isa} PRIVATE cxx_std_20)
      # -O3 also in RelWithDebInfo: these files are what -O3 is for. No errno, no traps: both stop the vectoriser
      # and change no result.
      target_compile_options(${target}_${isa} PRIVATE ${CREDENCE_ISA_FLAGS_${isa}} -ffp-contract=off -fno-math-errno
        -fno-trapping-math $<$<CONFIG:Release>:-O3>)
      target_compile_definitions(${target}_${isa} PRIVATE CREDENCE_ISA=${isa})
      target_include_directories(${target}_${isa} PRIVATE ${home}/src ${home}/include ${PROJECT_SOURCE_DIR}/lib/include
        ${PROJECT_BINARY_DIR}/generated)
      target_link_libraries(${target}_${isa} PRIVATE credence_build_flags)
      set_target_properties(${target}_${isa} PROPERTIES POSITION_INDEPENDENT_CODE ON)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_${isa}>)
    endif()
  endforeach()
  if(CREDENCE_CUDA AND cuda_sources)
    target_sources(${target} PRIVATE ${cuda_sources})
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:credence_cuda> CUDA::cudart_static)
  endif()

  install(TARGETS ${target} EXPORT credence FILE_SET HEADERS)
  if(all_sources)
    set_property(GLOBAL APPEND PROPERTY CREDENCE_COMPILED_MODULES ${name})
  endif()
  set_property(GLOBAL APPEND PROPERTY CREDENCE_MODULES ${name})
endfunction()
