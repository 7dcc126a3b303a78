// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace credence {

/// What this library was built from and with.
struct version_info {
  std::string version;       ///< "major.minor.patch"
  std::string git_revision;  ///< short hash, or empty outside a checkout
  std::string compiler;
  std::string build_type;
};

version_info version();

}  // namespace credence
