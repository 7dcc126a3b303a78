// SPDX-License-Identifier: BSD-3-Clause
#include "checkpoint.hpp"

#include "archive.hpp"

#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"

#include <chrono>
#include <cstdio>

namespace credence::detail {

namespace {

constexpr std::string_view heading = "credence checkpoint 1\n";

std::int64_t milliseconds() {
  using namespace std::chrono;
  return duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch()).count();
}

archive_reader open(const std::string& path, const std::string& bytes) {
  if (bytes.rfind(heading, 0) != 0) throw domain_error(path + ": this is no checkpoint of credence");
  return archive_reader(std::string_view(bytes).substr(heading.size()));
}

run_identity read_identity(archive_reader& from) {
  std::int64_t count = 0;
  from(count);
  run_identity identity;
  for (std::int64_t k = 0; k < count; ++k) {
    auto& [name, value] = identity.emplace_back();
    from(name);
    from(value);
  }
  return identity;
}

}  // namespace

checkpoint_book::checkpoint_book(const checkpoint_options& options, run_identity identity, std::int64_t chains)
    : options_(options),
      identity_(std::move(identity)),
      entries_(static_cast<std::size_t>(chains)),
      last_(static_cast<std::size_t>(chains)) {
  for (auto& time : last_) time.store(milliseconds(), std::memory_order_relaxed);
  if (!options.resume.empty()) read(options.resume);
}

void checkpoint_book::read(const std::string& path) {
  const std::string bytes = read_file(path);
  archive_reader from = open(path, bytes);
  try {
    for (const auto& [name, value] : read_identity(from)) {
      for (const auto& [ours, wanted] : identity_) {
        if (ours == name && wanted != value) {
          throw domain_error("the checkpoint has " + name + " " + value + ", but the run has " + wanted);
        }
      }
    }
    for (std::string& entry : entries_) from(entry);
    if (!from.at_end()) throw domain_error("it goes on behind its end");
  } catch (const domain_error& failure) {
    throw domain_error(path + ": " + failure.what());
  }
  resumed_ = true;
}

bool checkpoint_book::due(std::int64_t chain) const {
  if (options_.path.empty()) return false;
  const std::int64_t last = last_[static_cast<std::size_t>(chain)].load(std::memory_order_relaxed);
  return options_.every_seconds == 0.0 || static_cast<double>(milliseconds() - last) >= 1000.0 * options_.every_seconds;
}

void checkpoint_book::put(std::int64_t chain, const std::string& entry) {
  if (options_.path.empty()) return;
  const std::lock_guard<std::mutex> turn(guard_);
  entries_[static_cast<std::size_t>(chain)] = entry;
  write();
  last_[static_cast<std::size_t>(chain)].store(milliseconds(), std::memory_order_relaxed);
}

void checkpoint_book::write() const {
  archive_writer to;
  to(static_cast<std::int64_t>(identity_.size()));
  for (const auto& [name, value] : identity_) {
    to(name);
    to(value);
  }
  for (const std::string& entry : entries_) to(entry);
  write_file(options_.path, std::string(heading) + to.bytes());
}

void checkpoint_book::remove() {
  if (!options_.path.empty()) std::remove(options_.path.c_str());
}

}  // namespace credence::detail

namespace credence {

std::string fingerprint(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return digits;
}

run_identity read_checkpoint_identity(const std::string& path) {
  const std::string bytes = read_file(path);
  detail::archive_reader from = detail::open(path, bytes);
  try {
    return detail::read_identity(from);
  } catch (const domain_error& failure) {
    throw domain_error(path + ": " + failure.what());
  }
}

}  // namespace credence
