# SPDX-License-Identifier: BSD-3-Clause
# Plants one violation of each kind in a small tree and checks that floors.cmake finds exactly those.
#   cmake -DSCRIPT=<floors.cmake> -DFLOORS=<cmake/floors.cmake> -DWORK_DIR=<scratch> -P floors_self_test.cmake
function(expect label path content pattern)
  file(REMOVE_RECURSE ${WORK_DIR})
  file(WRITE ${WORK_DIR}/lib/include/credence/base/errors.hpp "#pragma once\n#include <string>\n")
  file(WRITE ${WORK_DIR}/${path} "${content}")
  execute_process(COMMAND ${CMAKE_COMMAND} -DSOURCE_DIR=${WORK_DIR} -DFLOORS=${FLOORS} -P ${SCRIPT}
    RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(pattern STREQUAL "" AND NOT code EQUAL 0)
    message(FATAL_ERROR "${label}: refused a tree that keeps the floors:\n${text}")
  elseif(NOT pattern STREQUAL "" AND (code EQUAL 0 OR NOT text MATCHES "${pattern}"))
    message(FATAL_ERROR "${label}: not found; the script said:\n${text}")
  endif()
endfunction()

expect("a lower floor is allowed" lib/src/tensor/a.cpp "#include \"credence/base/errors.hpp\"\n" "")
expect("the same module is allowed" lib/src/tensor/a.cpp "#include \"tensor/b_kernels.hpp\"\n" "")
expect("a sibling" lib/include/credence/random/a.hpp "#include \"credence/exec/context.hpp\"\n" "random .*includes exec")
expect("a higher floor" lib/src/base/a.cpp "  #  include <credence/tensor/view.hpp>\n" "base .*includes tensor")
expect("a private header of a sibling" lib/src/graph/a.cpp "#include \"tensor/gemm.hpp\"\n" "graph .*includes tensor")
expect("samplers and models are siblings" samplers/src/a.cpp "#include \"credence/models/a.hpp\"\n"
  "samplers .*includes models")
expect("a module without a floor" lib/src/cellar/a.cpp "int x;\n" "cellar has no floor")
expect("an unknown module included" lib/src/tensor/a.cpp "#include \"credence/attic/a.hpp\"\n" "attic, which has no floor")
expect("Eigen in a public header" lib/include/credence/tensor/a.hpp "#include <Eigen/Dense>\n" "shows a dependency")
expect("fmt in a public header" lib/include/credence/tensor/a.hpp "std::string s = fmt::format(x);\n" "shows a dependency")
expect("Eigen in interop" lib/include/credence/interop/eigen.hpp "#include <Eigen/Dense>\n" "")
expect("Eigen in a source" lib/src/tensor/a.cpp "#include <Eigen/Dense>\n" "")
expect("a comment that names Boost" lib/include/credence/tensor/a.hpp "/// As boost::math does.\n" "")
expect("Boost in a CUDA source" lib/src/tensor/a_cuda.cu "#include <boost/math/a.hpp>\n" "host library")
file(REMOVE_RECURSE ${WORK_DIR})
