# SPDX-License-Identifier: BSD-3-Clause
# Every C++ block of the given pages stands, line for line, in one of the examples, which are compiled and run.
#   cmake -DPAGES=<files> -DEXAMPLES=<folder> -P readme.cmake
file(GLOB examples ${EXAMPLES}/*.cpp)
foreach(page IN LISTS PAGES)
  file(READ ${page} text)
  string(REPLACE ";" "\\;" text "${text}")
  string(REGEX MATCHALL "```cpp\n[^`]*```" blocks "${text}")
  foreach(block IN LISTS blocks)
    string(REGEX REPLACE "^```cpp\n|```$" "" block "${block}")
    set(found OFF)
    foreach(example IN LISTS examples)
      file(READ ${example} code)
      string(REGEX REPLACE "(^|\n)  " "\\1" code "${code}")  # blocks stand without the indentation of main
      string(FIND "${code}" "${block}" at)
      if(NOT at EQUAL -1)
        set(found ON)
      endif()
    endforeach()
    if(NOT found)
      message(FATAL_ERROR "${page}: this block is in no example:\n${block}")
    endif()
  endforeach()
endforeach()
