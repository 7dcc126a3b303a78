# SPDX-License-Identifier: BSD-3-Clause
# Every module, floor by floor. `credence::credence` is all of them.
credence_module(base)
credence_module(exec DEPENDS base LINK Threads::Threads)
credence_module(random DEPENDS base)
credence_module(special DEPENDS base PRIVATE Boost::headers)
if(CREDENCE_CUDA)
  set(credence_cublas CUDA::cublasLt CUDA::cublas CUDA::cusolver)
endif()
credence_module(tensor DEPENDS exec random special base PRIVATE credence_eigen ${credence_blas}
  LINK ${credence_blas_library} ${credence_cublas})
credence_module(graph DEPENDS exec random special base)
credence_module(table DEPENDS tensor graph exec random base PRIVATE nlohmann_json::nlohmann_json LINK ZLIB::ZLIB)
credence_module(distributions DEPENDS tensor special random exec base PRIVATE Boost::headers credence_eigen)
# GCC's jump threading splits nested selections into branches before the vectoriser sees them: of the array loops it
# left thirteen families scalar (gamma at a third of its speed, negative_binomial at a tenth). It changes no result.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set_source_files_properties(${PROJECT_SOURCE_DIR}/lib/src/distributions/density_simd.cpp PROPERTIES
    COMPILE_OPTIONS -fno-thread-jumps)
endif()
credence_module(attention DEPENDS tensor special random exec base)
credence_module(autodiff DEPENDS table distributions tensor special random exec base PRIVATE credence_eigen)
credence_module(diagnostics DEPENDS table tensor special random exec base PRIVATE Boost::headers)
credence_module(metrics DEPENDS tensor special random exec base)
credence_module(optim DEPENDS autodiff table distributions tensor special random exec base)
credence_module(report DEPENDS graph base)
credence_module(estimate DEPENDS optim autodiff distributions table tensor special random exec base PRIVATE Boost::headers)
credence_module(processes DEPENDS distributions tensor special random exec base)
credence_module(bayesnet DEPENDS report diagnostics autodiff distributions table graph tensor special random exec base
  PRIVATE Boost::headers)
credence_module(neighbors DEPENDS table tensor special random exec base)
credence_module(ensemble DEPENDS neighbors metrics table tensor special random exec base
  PRIVATE nlohmann_json::nlohmann_json)
credence_module(samplers DEPENDS diagnostics autodiff distributions table tensor special random exec base
  PRIVATE credence_eigen)
credence_module(models DEPENDS autodiff distributions table tensor special random exec base)
credence_module(interop DEPENDS distributions tensor special random exec base)

get_property(credence_modules GLOBAL PROPERTY CREDENCE_MODULES)
add_library(credence_all INTERFACE)
add_library(credence::credence ALIAS credence_all)
set_target_properties(credence_all PROPERTIES EXPORT_NAME credence)
foreach(module IN LISTS credence_modules)
  target_link_libraries(credence_all INTERFACE credence_${module})
endforeach()
install(TARGETS credence_all EXPORT credence)

# The same rounding in every translation unit, users' included: a * b + c is two roundings, a fused step is written fma.
target_compile_options(credence_base PUBLIC
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU,Clang,AppleClang>>:-ffp-contract=off>)
include(cmake/revision.cmake)
configure_file(${PROJECT_SOURCE_DIR}/cmake/version_info.hpp.in ${PROJECT_BINARY_DIR}/generated/credence_version_info.hpp @ONLY)
target_include_directories(credence_base PRIVATE ${PROJECT_BINARY_DIR}/generated)
