// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Runs that go on after their process has died.
namespace credence {

/// What identifies a run, by name.
using run_identity = std::vector<std::pair<std::string, std::string>>;

/// Where a run leaves its state from time to time, so that it can go on after the process has died. A resumed run gives
/// the same bits as one that was never stopped.
struct checkpoint_options {
  std::string path{};          ///< empty: none. Written beside and renamed; removed when the run is complete
  double every_seconds = 5.0;  ///< 0 is after every iteration
  std::string resume{};        ///< a file to go on from; empty begins anew
  /// What else must be the same when the run is resumed: names of model and data, say, with their values.
  run_identity identity{};
};

/// What a checkpoint says of its run: version, sampler, chains, seed, and what the run's `identity` named.
/// @throws io_error      when the file cannot be read
/// @throws domain_error  when it is no checkpoint
run_identity read_checkpoint_identity(const std::string& path);

/// 64 bits of a text, in hexadecimal (FNV-1a): equal texts have equal ones. For data in an identity.
std::string fingerprint(std::string_view text);

}  // namespace credence
