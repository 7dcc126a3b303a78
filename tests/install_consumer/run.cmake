# SPDX-License-Identifier: BSD-3-Clause
# Installs the build tree, moves it, and builds and runs the consumer against it: by find_package and by pkg-config.
# Called by ctest with BUILD_DIR, SOURCE_DIR (this folder), WORK_DIR, CXX and CXX_FLAGS.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT code EQUAL 0)
    list(JOIN ARGN " " line)
    message(FATAL_ERROR "${line}\nended with ${code}:\n${text}")
  endif()
  set(text "${text}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${WORK_DIR}/first)
file(RENAME ${WORK_DIR}/first ${WORK_DIR}/moved)

# Nothing installed may name the place it was built or first installed in.
file(GLOB_RECURSE described ${WORK_DIR}/moved/*.cmake ${WORK_DIR}/moved/*.pc)
foreach(file IN LISTS described)
  file(READ ${file} content)
  foreach(place IN ITEMS ${WORK_DIR}/first ${BUILD_DIR} ${SOURCE_DIR})
    string(FIND "${content}" "${place}" at)
    if(NOT at EQUAL -1)
      message(FATAL_ERROR "${file} names ${place}")
    endif()
  endforeach()
endforeach()

run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${WORK_DIR}/by_cmake -DCMAKE_BUILD_TYPE=Release
  -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS=${CXX_FLAGS} -DCMAKE_PREFIX_PATH=${WORK_DIR}/moved)
run(${CMAKE_COMMAND} --build ${WORK_DIR}/by_cmake)
run(${WORK_DIR}/by_cmake/consumer)
message("find_package: ${text}")

find_program(PKG_CONFIG NAMES pkg-config pkgconf REQUIRED)
file(GLOB_RECURSE pc ${WORK_DIR}/moved/*credence.pc)
get_filename_component(pc_folder ${pc} DIRECTORY)
run(${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_folder} ${PKG_CONFIG} --cflags --libs credence)
separate_arguments(flags UNIX_COMMAND "${text}")
separate_arguments(cxx_flags UNIX_COMMAND "${CXX_FLAGS}")
run(${CXX} -std=c++20 -O1 ${cxx_flags} ${SOURCE_DIR}/main.cpp ${flags} -o ${WORK_DIR}/by_pkg_config)
get_filename_component(library_folder ${pc_folder} DIRECTORY)
run(${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${library_folder} ${WORK_DIR}/by_pkg_config)
message("pkg-config: ${text}")

# Every installed header compiles from the moved tree: none is forgotten by the install. The opt-in headers of interop
# need the libraries they join.
file(GLOB_RECURSE headers RELATIVE ${WORK_DIR}/moved/include ${WORK_DIR}/moved/include/*.hpp)
list(FILTER headers EXCLUDE REGEX "/interop/")
list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"")
list(JOIN headers "\n" all_headers)
file(WRITE ${WORK_DIR}/all_headers.cpp "${all_headers}\n")
run(${CXX} -std=c++20 -fsyntax-only ${WORK_DIR}/all_headers.cpp ${flags})

# The command, where it was built, runs from the moved tree too.
if(EXISTS ${WORK_DIR}/moved/bin/credence)
  run(${WORK_DIR}/moved/bin/credence --version)
  message("installed command: ${text}")
endif()
