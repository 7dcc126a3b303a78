// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Draws in the text format of CmdStan: comment lines that begin with #, a line of column names, one line a draw.
/// Columns whose names end in two underscores describe the sampler; elements of vectors are named theta.1, theta.2, ...
namespace credence {

/// The sampler columns of NUTS, in the order that CmdStan writes them.
std::vector<std::string> nuts_columns();

/// theta[1,2] as Stan CSV names it, theta.1.2; and back. Names without brackets (dots) stay as they are.
std::string stan_csv_name(std::string_view name);
std::string bracket_name(std::string_view stan_csv_name);

/// Writes one chain's draws while they are made. They go to NAME.partial; `finish` renames it. A writer that is
/// destroyed before leaves the finished draws in NAME.partial.
class stan_csv_writer {
 public:
  /// Opens the file and writes the header comments as `# key = value` lines and the column names.
  /// @param columns  sampler columns first, then parameters as stan_csv_name gives them
  /// @throws io_error  when the file cannot be opened
  stan_csv_writer(std::string path, std::span<const std::pair<std::string, std::string>> header,
                  std::span<const std::string> columns);
  /// Goes on with NAME.partial behind its first `draws` draws; what follows them is cut off. With no draws that is
  /// behind the line of names.
  /// @throws io_error     when the file cannot be opened
  /// @throws parse_error  when it has fewer draws
  stan_csv_writer(std::string path, std::int64_t draws);
  ~stan_csv_writer();
  stan_csv_writer(stan_csv_writer&&) noexcept;
  stan_csv_writer& operator=(stan_csv_writer&&) noexcept;

  /// One line of values, as short as reads back exactly.
  /// @throws shape_error  when there are not as many values as columns
  /// @throws io_error     when the disk is full; the lines written before stay
  void write(std::span<const double> values);
  /// A comment line, "# " + text; line breaks in it begin new comment lines.
  void comment(std::string_view text);
  /// The block that CmdStan writes after warm-up; ArviZ and posterior read step size and metric from it.
  /// @param inverse_metric  the diagonal, or (with `dense_rows`) a row-major square matrix
  void adaptation(double step_size, std::span<const double> inverse_metric, bool dense = false);
  /// Elapsed times in CmdStan's words.
  void elapsed(double warmup_seconds, double sampling_seconds);

  /// Hands what is buffered to the operating system.
  void flush();
  /// Closes the file and gives it its name.
  void finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// One chain read from a Stan CSV file.
struct stan_csv {
  /// `key = value` comments; for repeated keys the last value. "(Default)" at their end is cut off.
  std::vector<std::pair<std::string, std::string>> header;
  std::vector<std::string> comments;  ///< all comment lines without #, blanks around cut off
  std::vector<std::string> columns;   ///< as in the file: lp__, ..., theta.1
  std::int64_t draws = 0;             ///< rows, warm-up included
  std::int64_t warmup_draws = 0;      ///< rows of warm-up in front (save_warmup = 1), else 0
  std::vector<double> values;         ///< (draws, columns), row-major

  /// The column of that name, or -1.
  [[nodiscard]] std::int64_t find(std::string_view column) const;
  /// The value of a header comment, or an empty text.
  [[nodiscard]] std::string_view setting(std::string_view key) const;
};

/// Reads a Stan CSV file (gz too): comments anywhere between lines, draws thinned or not, warm-up included or not.
/// @throws io_error     when the file cannot be read
/// @throws parse_error  with line and byte column: no line of column names, a column name that is empty or there twice,
///                      a row with more or fewer values, what is not a number, bytes that are not UTF-8
stan_csv read_stan_csv(const std::string& path);
stan_csv parse_stan_csv(std::string_view text, const std::string& source = "draws");

/// The draws of several chains together, warm-up left out.
struct chain_draws {
  std::vector<std::string> parameters;  ///< theta[1], mu, ...: everything that is no sampler column
  std::vector<std::string> statistics;  ///< lp__, accept_stat__, ...
  std::int64_t chains = 0, draws = 0;
  std::vector<double> values;            ///< (chains, draws, parameters), row-major
  std::vector<double> statistic_values;  ///< (statistics, chains, draws), row-major
  std::int64_t max_tree_depth = 10;      ///< from the header

  [[nodiscard]] view<const double, 3> view_of_draws() const {
    return view<const double, 3>(values.data(), chains, draws, static_cast<std::int64_t>(parameters.size()));
  }
  /// (chains, draws) of a sampler column; a view without data when it is absent.
  [[nodiscard]] view<const double, 2> statistic(std::string_view name) const;
};

/// Puts chains together. Chains of different lengths are cut to the shortest.
/// @throws domain_error  when there is no chain
/// @throws shape_error   when columns differ; the message names the first that does
chain_draws join_chains(std::span<const stan_csv> chains);

}  // namespace credence
