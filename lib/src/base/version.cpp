// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/version.hpp"

#include "credence_version_info.hpp"

namespace credence {

version_info version() {
#if defined(__clang__)
  const std::string compiler = std::string("clang ") + __clang_version__;
#elif defined(__GNUC__)
  const std::string compiler = std::string("g++ ") + __VERSION__;
#else
  const std::string compiler = "unknown";
#endif
  return {CREDENCE_VERSION_STRING, CREDENCE_GIT_REVISION, compiler, CREDENCE_BUILD_TYPE};
}

}  // namespace credence
