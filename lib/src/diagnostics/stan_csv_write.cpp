// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"
#include "credence/diagnostics/stan_csv.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>

#include <unistd.h>

namespace credence {

struct stan_csv_writer::state {
  std::string path;
  std::size_t columns = 0;
  std::FILE* file = nullptr;  // unbuffered: `pending` is the buffer, so that a full disk leaves whole lines
  std::string line;
  std::string pending;       // whole lines
  std::int64_t written = 0;  // bytes in the file, whole lines

  static constexpr std::size_t buffer_size = 1 << 14;

  ~state() {
    if (file == nullptr) return;
    try {
      drain();
    } catch (const io_error&) {
      // What was written before is all that can be kept.
    }
    std::fclose(file);
  }

  [[noreturn]] void fail(int reason) const {
    throw io_error(io_error::kind::write, path + ": cannot write: " + std::strerror(reason));
  }
  void put(std::string_view whole_lines) {
    pending += whole_lines;
    if (pending.size() >= buffer_size) drain();
  }
  /// Hands the pending lines to the system. Where that ends early, the file is cut behind its last whole line.
  void drain() {
    const std::string lines = std::exchange(pending, {});
    const std::size_t done = std::fwrite(lines.data(), 1, lines.size(), file);
    if (done == lines.size()) {
      written += static_cast<std::int64_t>(done);
      return;
    }
    const int reason = errno;
    const std::size_t end = done == 0 ? std::string::npos : lines.rfind('\n', done - 1);
    if (end != std::string::npos) written += static_cast<std::int64_t>(end) + 1;
    (void)!ftruncate(fileno(file), written);
    fail(reason);
  }
};

std::vector<std::string> nuts_columns() {
  return {"lp__", "accept_stat__", "stepsize__", "treedepth__", "n_leapfrog__", "divergent__", "energy__"};
}

std::string stan_csv_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c == '[' || c == ',') result += '.';
    if (c != '[' && c != ',' && c != ']' && c != ' ') result += c;
  }
  return result;
}

std::string bracket_name(std::string_view stan_csv_name) {
  const std::size_t dot = stan_csv_name.find('.');
  if (dot == std::string_view::npos || dot == 0 || stan_csv_name.find_first_of("[]:") != std::string_view::npos) {
    return std::string(stan_csv_name);
  }
  std::string indices(stan_csv_name.substr(dot + 1));
  if (indices.empty() || indices.find_first_not_of("0123456789.") != std::string::npos) {
    return std::string(stan_csv_name);
  }
  for (char& c : indices) c = c == '.' ? ',' : c;
  return std::string(stan_csv_name.substr(0, dot)) + "[" + indices + "]";
}

stan_csv_writer::stan_csv_writer(std::string path, std::span<const std::pair<std::string, std::string>> header,
                                 std::span<const std::string> columns)
    : state_(std::make_unique<state>()) {
  state_->path = std::move(path);
  state_->columns = columns.size();
  state_->file = std::fopen((state_->path + ".partial").c_str(), "wb");
  if (state_->file == nullptr) {
    throw io_error(io_error::kind::open, state_->path + ": cannot write: " + std::strerror(errno));
  }
  std::setvbuf(state_->file, nullptr, _IONBF, 0);
  for (const auto& [key, value] : header) comment(key + " = " + value);
  std::string& line = state_->line;
  for (const std::string& name : columns) line += (line.empty() ? "" : ",") + name;
  line += '\n';
  state_->put(line);
}

stan_csv_writer::stan_csv_writer(std::string path, std::int64_t draws) : state_(std::make_unique<state>()) {
  check::at_least("stan_csv_writer", "draws", draws, 0);
  const std::string partial = path + ".partial";
  const std::string text = read_file(partial);
  std::size_t end = 0;  // behind the last line that stays
  std::int64_t line = 0, rows = -1;
  while (rows < draws) {
    const std::size_t newline = text.find('\n', end);
    if (newline == std::string::npos) {
      throw parse_error(partial, line + 1, 0,
                        "the file ends after " + std::to_string(std::max<std::int64_t>(rows, 0)) + " of " +
                            std::to_string(draws) + " draws");
    }
    ++line;
    if (text[end] != '#') {
      if (++rows == 0) {
        state_->columns =
            static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(end),
                                                text.begin() + static_cast<std::ptrdiff_t>(newline), ',')) +
            1;
      }
    }
    end = newline + 1;
  }
  state_->path = std::move(path);
  state_->file = std::fopen(partial.c_str(), "r+b");
  state_->written = static_cast<std::int64_t>(end);
  const bool opened = state_->file != nullptr;
  if (opened) std::setvbuf(state_->file, nullptr, _IONBF, 0);
  if (!opened || ftruncate(fileno(state_->file), state_->written) != 0 || std::fseek(state_->file, 0, SEEK_END) != 0) {
    throw io_error(io_error::kind::open, partial + ": cannot write: " + std::strerror(errno));
  }
}

stan_csv_writer::~stan_csv_writer() = default;
stan_csv_writer::stan_csv_writer(stan_csv_writer&&) noexcept = default;
stan_csv_writer& stan_csv_writer::operator=(stan_csv_writer&&) noexcept = default;

void stan_csv_writer::write(std::span<const double> values) {
  check::same_size("stan_csv_writer", "values", static_cast<std::int64_t>(values.size()), "the line of names",
                   static_cast<std::int64_t>(state_->columns));
  std::string& line = state_->line;
  line.clear();
  for (const double value : values) {
    if (!line.empty()) line += ',';
    // Stan's own words for what is not finite, which R and Python read alike.
    if (std::isfinite(value)) {
      append_number(line, value);
    } else {
      line += std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
  }
  line += '\n';
  state_->put(line);
}

void stan_csv_writer::comment(std::string_view text) {
  std::string out = "# ";
  for (const char c : text) {
    if (c == '\r') continue;
    out += c;
    if (c == '\n') out += "# ";
  }
  out += '\n';
  state_->put(out);
}

void stan_csv_writer::adaptation(double step_size, std::span<const double> inverse_metric, bool dense) {
  comment("Adaptation terminated");
  std::string text = "Step size = ";
  append_number(text, step_size);
  comment(text);
  comment(dense ? "Elements of inverse mass matrix:" : "Diagonal elements of inverse mass matrix:");
  const auto width = dense
                         ? static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(inverse_metric.size()))))
                         : inverse_metric.size();
  for (std::size_t i = 0; i < inverse_metric.size();) {
    text.clear();
    for (std::size_t j = 0; j < width && i < inverse_metric.size(); ++j, ++i) {
      if (j > 0) text += ", ";
      append_number(text, inverse_metric[i]);
    }
    comment(text);
  }
}

void stan_csv_writer::elapsed(double warmup_seconds, double sampling_seconds) {
  const auto line = [](const char* front, double seconds, const char* what) {
    char buffer[96];
    std::snprintf(buffer, sizeof buffer, "%s%.3f seconds (%s)", front, seconds, what);
    return std::string(buffer);
  };
  comment("");
  comment(line(" Elapsed Time: ", warmup_seconds, "Warm-up"));
  comment(line("               ", sampling_seconds, "Sampling"));
  comment(line("               ", warmup_seconds + sampling_seconds, "Total"));
}

void stan_csv_writer::flush() { state_->drain(); }

void stan_csv_writer::finish() {
  state_->drain();
  const bool closed = std::fclose(state_->file) == 0;
  state_->file = nullptr;
  if (!closed || std::rename((state_->path + ".partial").c_str(), state_->path.c_str()) != 0) state_->fail(errno);
}

}  // namespace credence
