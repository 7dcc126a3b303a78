// SPDX-License-Identifier: BSD-3-Clause
// Values as bytes, for checkpoints on the machine that wrote them.
#pragma once

#include "credence/base/errors.hpp"
#include "credence/samplers/metric.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace credence::detail {

class archive_writer {
 public:
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void operator()(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(static_cast<std::int64_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void operator()(const std::string& text) {
    (*this)(static_cast<std::int64_t>(text.size()));
    bytes_ += text;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class archive_reader {
 public:
  explicit archive_reader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) void operator()(T& value) {
    std::memcpy(&value, take(sizeof value), sizeof value);
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    const std::size_t size = length(sizeof(T));
    values.resize(size);
    if (size > 0) std::memcpy(values.data(), take(size * sizeof(T)), size * sizeof(T));
  }
  void operator()(std::string& text) {
    const std::size_t size = length(1);
    text.assign(take(size), size);
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::size_t length(std::size_t element) {
    std::int64_t size = 0;
    (*this)(size);
    if (size < 0 || static_cast<std::uint64_t>(size) > rest_.size() / element) throw domain_error("it ends too early");
    return static_cast<std::size_t>(size);
  }
  const char* take(std::size_t size) {
    if (size > rest_.size()) throw domain_error("it ends too early");
    const char* const at = rest_.data();
    rest_.remove_prefix(size);
    return at;
  }

  std::string_view rest_;
};

/// The parts of compound values, one after the other, for writers and readers alike.
template <class Archive, class Metric>
void transfer_metric(Archive& archive, Metric& metric) {
  archive(metric.what);
  archive(metric.scale);
  archive(metric.directions);
  archive(metric.stretch);
  archive(metric.factor);
}

/// All but the schedule, which follows from the options.
template <class Archive, class State>
void transfer_adaptation(Archive& archive, State& now) {
  archive(now.step.centre);
  archive(now.step.error_sum);
  archive(now.step.log_average);
  archive(now.step.count);
  archive(now.step_size);
  transfer_metric(archive, now.estimate);
  archive(now.location);
  archive(now.iteration);
  archive(now.window);
  archive(now.samples);
  archive(now.mean);
  archive(now.squared_deviations);
  archive(now.draws);
  archive(now.gradients);
}

}  // namespace credence::detail
