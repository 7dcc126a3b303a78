# SPDX-License-Identifier: BSD-3-Clause
# Fails on any include that breaks the floors of cmake/floors.cmake, on a module without a floor, and on a public header
# that shows CUDA, Thrust, Eigen, JSON, fmt or Boost (the opt-in headers of interop excepted).
#   cmake -DSOURCE_DIR=<tree> -DFLOORS=<cmake/floors.cmake> -P floors.cmake
include(${FLOORS})
foreach(entry IN LISTS CREDENCE_FLOORS)
  string(REPLACE ":" ";" entry ${entry})
  list(GET entry 0 name)
  list(GET entry 1 floor_of_${name})
endforeach()

set(violations "")
set(seen 0)

# What module a path inside lib/, models/ or samplers/ belongs to.
function(module_of path result)
  if(path MATCHES "^(models|samplers)/")
    set(${result} ${CMAKE_MATCH_1} PARENT_SCOPE)
  elseif(path MATCHES "^lib/(include/credence|src)/([^/]+)/")
    set(${result} ${CMAKE_MATCH_2} PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

file(GLOB_RECURSE files RELATIVE ${SOURCE_DIR}
  ${SOURCE_DIR}/lib/*.hpp ${SOURCE_DIR}/lib/*.cpp ${SOURCE_DIR}/lib/*.cu ${SOURCE_DIR}/lib/*.cuh ${SOURCE_DIR}/lib/*.inc
  ${SOURCE_DIR}/models/*.hpp ${SOURCE_DIR}/models/*.cpp ${SOURCE_DIR}/models/*.cu
  ${SOURCE_DIR}/samplers/*.hpp ${SOURCE_DIR}/samplers/*.cpp ${SOURCE_DIR}/samplers/*.cu)
foreach(path IN LISTS files)
  module_of(${path} from)
  if(from STREQUAL "")
    list(APPEND violations "${path}: lies in no module's folder")
    continue()
  endif()
  if(NOT DEFINED floor_of_${from})
    list(APPEND violations "${path}: module ${from} has no floor in cmake/floors.cmake")
    continue()
  endif()
  math(EXPR seen "${seen} + 1")
  file(STRINGS ${SOURCE_DIR}/${path} includes REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS includes)
    set(to "")
    if(line MATCHES "[\"<]credence/([a-z_0-9]+)/")
      set(to ${CMAKE_MATCH_1})
    elseif(line MATCHES "\"([a-z_0-9]+)/")
      set(to ${CMAKE_MATCH_1})  # a private header, "tensor/gemm_kernels.hpp"
      if(NOT DEFINED floor_of_${to})
        set(to "")
      endif()
    endif()
    if(to STREQUAL "" OR to STREQUAL from)
      continue()
    endif()
    if(NOT DEFINED floor_of_${to})
      list(APPEND violations "${path}: includes ${to}, which has no floor")
    elseif(NOT floor_of_${to} LESS floor_of_${from})
      list(APPEND violations
        "${path}: ${from} (floor ${floor_of_${from}}) includes ${to} (floor ${floor_of_${to}}): ${line}")
    endif()
  endforeach()

  set(foreign "(cuda|cublas|cusolver|curand|cub/|thrust/|Eigen/|nlohmann/|fmt/|boost/|CLI/)")
  if(path MATCHES "/include/credence/" AND NOT from STREQUAL "interop")
    # Code only: what stands before a comment.
    file(STRINGS ${SOURCE_DIR}/${path} shown
      REGEX "^[ \t]*#[ \t]*include[ \t]*[\"<]${foreign}|^([^/]|/[^/])*((Eigen|boost|fmt|thrust|nlohmann|cub)::|cudaStream_t)")
    foreach(line IN LISTS shown)
      list(APPEND violations "${path}: a public header shows a dependency: ${line}")
    endforeach()
  endif()
  if(path MATCHES "\\.cuh?$")
    file(STRINGS ${SOURCE_DIR}/${path} shown REGEX "^[ \t]*#[ \t]*include[ \t]*[\"<](Eigen|nlohmann|fmt|boost|catch2)/")
    foreach(line IN LISTS shown)
      list(APPEND violations "${path}: a CUDA source includes a host library: ${line}")
    endforeach()
  endif()
endforeach()

if(seen EQUAL 0)
  message(FATAL_ERROR "no source found under ${SOURCE_DIR}")
endif()
if(violations)
  list(JOIN violations "\n  " text)
  message(FATAL_ERROR "the floors are broken:\n  ${text}")
endif()
message("floors kept by ${seen} files")
