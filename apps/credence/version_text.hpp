// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/output.hpp"

namespace credence::app {

/// Version, git revision, compiler, backends and dependencies.
json version_data();

/// The same for people.
std::string version_text();

}  // namespace credence::app
