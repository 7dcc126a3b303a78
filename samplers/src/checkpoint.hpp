// SPDX-License-Identifier: BSD-3-Clause
// The checkpoint of a run: one entry for each chain, all in one file.
#pragma once

#include "credence/samplers/run.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace credence::detail {

/// Thread safe. Does nothing when the options name no file.
class checkpoint_book {
 public:
  /// Reads the file to resume from, if there is one.
  /// @throws io_error      when it cannot be read
  /// @throws domain_error  when it is no checkpoint, or one of another run; the message names what differs
  checkpoint_book(const checkpoint_options& options, run_identity identity, std::int64_t chains);

  /// What a chain left when the run that is resumed was stopped; empty when it had not begun.
  [[nodiscard]] const std::string& entry(std::int64_t chain) const { return entries_[static_cast<std::size_t>(chain)]; }
  [[nodiscard]] bool resumed() const { return resumed_; }

  /// Whether a chain should leave its state now.
  [[nodiscard]] bool due(std::int64_t chain) const;
  /// Replaces a chain's entry and writes the file.
  /// @throws io_error  when it cannot be written
  void put(std::int64_t chain, const std::string& entry);
  /// The run is complete.
  void remove();

 private:
  void read(const std::string& path);
  void write() const;

  checkpoint_options options_;
  run_identity identity_;
  bool resumed_ = false;
  std::vector<std::string> entries_;
  std::vector<std::atomic<std::int64_t>> last_;  // milliseconds
  std::mutex guard_;
};

}  // namespace credence::detail
