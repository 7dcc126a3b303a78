// SPDX-License-Identifier: BSD-3-Clause
// credence neighbors: the nearest points of one table to the rows of another.
#include "credence/command.hpp"

#include "credence/base/check.hpp"
#include "credence/neighbors/approximate.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/table/csv.hpp"
#include "credence/table/npy.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

namespace credence::app {

namespace {

using neighbors::distance_t;
using neighbors::kd_tree;
using neighbors::metric;
using neighbors::power_distance;
using neighbors::root_distance;

struct options {
  std::string points;
  std::string queries;
  std::int64_t k = 0;
  double radius = -1.0;
  std::string box;
  std::string metric_name = "euclidean";
  std::string dtype = "f64";
  std::int64_t max_leaves = 0;
  bool no_header = false;
};

/// Rows of numbers, in row-major order.
struct rows_of_numbers {
  std::vector<double> values;
  std::int64_t rows = 0, columns = 0;
};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

rows_of_numbers read_numbers(const exec::context& ctx, const std::string& file, bool no_header) {
  table read;
  const bool csv = ends_with(file, ".csv") || ends_with(file, ".csv.gz");
  if (ends_with(file, ".npy")) {
    read = to_table(read_npy(file));
  } else if (csv) {
    read = read_csv(ctx, file, {.header = !no_header});
  } else {
    throw usage_error(file + ": is no .csv, .csv.gz or .npy file");
  }
  rows_of_numbers out{{}, read.rows(), static_cast<std::int64_t>(read.columns().size())};
  if (out.rows == 0 || out.columns == 0) throw parse_error(file, 1, 1, "the table has no rows");
  for (const column& one : read.columns()) {
    if (one.type() == column_type::text) {
      for (std::int64_t row = 0; row < one.size(); ++row) {
        const std::string cell = one.text(row);
        char* end = nullptr;
        std::strtod(cell.c_str(), &end);
        if (cell.empty() || *end != '\0') {
          throw parse_error(file, row + (no_header ? 1 : 2), 1,
                            "column " + one.name + " has \"" + cell + "\", expected a number");
        }
      }
    }
    const std::vector<double> numbers = one.numbers();
    for (std::int64_t row = 0; row < one.size(); ++row) {
      const double x = numbers[static_cast<std::size_t>(row)];
      if (one.is_missing(row) || !std::isfinite(x)) {
        throw parse_error(file, row + (no_header ? 1 : 2), 1,
                          "column " + one.name + " is " + (one.is_missing(row) ? "empty" : check::to_text(x)) +
                              ", expected a finite number");
      }
    }
  }
  out.values = read.matrix(read.names());
  return out;
}

template <class T>
std::vector<T> as_type(const rows_of_numbers& from, const std::string& file) {
  std::vector<T> out;
  out.reserve(from.values.size());
  for (const double x : from.values) {
    const T y = static_cast<T>(std::is_floating_point_v<T> ? x : std::clamp(x, -128.0, 255.0));
    if (!std::is_floating_point_v<T> && static_cast<double>(y) != x) {
      throw domain_error(file + ": the cell " + check::to_text(x) + " does not fit --dtype " +
                         (std::is_signed_v<T> ? "i8" : "u8"));
    }
    out.push_back(y);
  }
  return out;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// One line of the result.
struct neighbour_line {
  std::int64_t query, rank, index;
  double distance;
};

void put(table_text& shown, const neighbour_line& line, bool has_distance) {
  auto& row = shown.rows.emplace_back();
  for (const std::int64_t number : {line.query, line.rank, line.index}) row.emplace_back(number);
  row.emplace_back();
  if (has_distance) row.back() = line.distance;
}

/// How much of the exact answer a search with a budget found.
template <class T>
double recall_of(const neighbors::nearest_result<T>& found, const neighbors::nearest_result<T>& exact) {
  std::int64_t hits = 0, wanted = 0;
  for (std::int64_t q = 0; q < exact.queries; ++q) {
    for (std::int64_t i = 0; i < exact.k; ++i) {
      const std::int64_t index = exact.indices[static_cast<std::size_t>(q * exact.k + i)];
      if (index < 0) continue;
      ++wanted;
      for (std::int64_t j = 0; j < found.k; ++j)
        hits += found.indices[static_cast<std::size_t>(q * found.k + j)] == index;
    }
  }
  return wanted == 0 ? 1.0 : static_cast<double>(hits) / static_cast<double>(wanted);
}

template <class T>
void put_nearest(table_text& shown, const neighbors::nearest_result<T>& found) {
  const std::vector<double> distances = found.distances();
  for (std::int64_t q = 0; q < found.queries; ++q) {
    for (std::int64_t i = 0; i < found.k; ++i) {
      const auto at = static_cast<std::size_t>(q * found.k + i);
      if (found.indices[at] >= 0) put(shown, {q, i, found.indices[at], distances[at]}, true);
    }
  }
}

template <class T>
void put_range(table_text& shown, const neighbors::range_result<T>& found, bool has_distance) {
  const std::vector<double> distances = has_distance ? found.distances() : std::vector<double>();
  for (std::int64_t q = 0; q < found.queries(); ++q) {
    const std::int64_t begin = found.offsets[static_cast<std::size_t>(q)],
                       end = found.offsets[static_cast<std::size_t>(q) + 1];
    for (std::int64_t at = begin; at < end; ++at) {
      put(shown,
          {q, at - begin, found.indices[static_cast<std::size_t>(at)],
           has_distance ? distances[static_cast<std::size_t>(at)] : 0.0},
          has_distance);
    }
  }
}

/// Points in boxes: a row of the file is a lower corner, then an upper one. With queries too, row by row or one box for
/// all of them, distances are measured to the query and order the points.
template <class T>
void search_boxes(const options& given, session& now, const kd_tree<T>& tree, const rows_of_numbers& points,
                  const rows_of_numbers& queries, const rows_of_numbers& boxes,
                  std::chrono::steady_clock::time_point searching, document& result, table_text& lines) {
  const std::vector<T> corners = as_type<T>(boxes, given.box);
  const std::int64_t d = points.columns;
  std::vector<T> low, high;
  for (std::int64_t b = 0; b < boxes.rows; ++b) {
    const T* row = corners.data() + b * 2 * d;
    low.insert(low.end(), row, row + d);
    high.insert(high.end(), row + d, row + 2 * d);
  }
  const auto found = tree.within_box(view<const T, 2>(low.data(), boxes.rows, d),
                                     view<const T, 2>(high.data(), boxes.rows, d), now.context);
  if (queries.rows == 0) {
    result.data["seconds_search"] = seconds_since(searching);
    put_range(lines, found, false);
    return;
  }
  const std::vector<T> point_values = as_type<T>(points, given.points), asked = as_type<T>(queries, given.queries);
  for (std::int64_t q = 0; q < queries.rows; ++q) {
    std::vector<std::pair<distance_t<T>, std::int64_t>> near;
    for (const std::int64_t i : found.of(boxes.rows == 1 ? 0 : q)) {
      near.emplace_back(power_distance(tree.how(), asked.data() + q * d, point_values.data() + i * d, d), i);
    }
    std::sort(near.begin(), near.end());
    for (std::size_t rank = 0; rank < near.size(); ++rank) {
      put(lines,
          {q, static_cast<std::int64_t>(rank), near[rank].second,
           root_distance(tree.how(), static_cast<double>(near[rank].first))},
          true);
    }
  }
  result.data["seconds_search"] = seconds_since(searching);
}

/// Searches, and writes the lines of the result.
template <class T>
void search_as(const options& given, session& now, const rows_of_numbers& points, const rows_of_numbers& queries,
               const rows_of_numbers& boxes, const metric& how, document& result, table_text& lines) {
  const std::vector<T> point_values = as_type<T>(points, given.points);
  const std::vector<T> query_values = as_type<T>(queries, given.queries);
  const view<const T, 2> point_rows(point_values.data(), points.rows, points.columns);
  const auto start = std::chrono::steady_clock::now();
  const kd_tree<T> tree(point_rows, {.how = how, .context = now.context});
  result.data["seconds_build"] = seconds_since(start);
  const auto searching = std::chrono::steady_clock::now();
  if (!given.box.empty()) return search_boxes(given, now, tree, points, queries, boxes, searching, result, lines);
  const view<const T, 2> query_rows(query_values.data(), queries.rows, queries.columns);
  if (given.radius >= 0.0) {
    const auto found = tree.within(query_rows, given.radius, {.limit = given.k, .context = now.context});
    result.data["seconds_search"] = seconds_since(searching);
    put_range(lines, found, true);
    return;
  }
  const auto exact = tree.nearest(query_rows, given.k, {.context = now.context});
  if (given.max_leaves == 0) {
    result.data["seconds_search"] = seconds_since(searching);
    put_nearest(lines, exact);
    return;
  }
  const auto budgeted = std::chrono::steady_clock::now();
  const neighbors::kd_forest<T> forest(point_rows, {.trees = 1, .how = how, .seed = now.seed, .context = now.context});
  const auto found = forest.nearest(query_rows, given.k, {.max_leaves = given.max_leaves, .context = now.context});
  result.data["seconds_search"] = seconds_since(budgeted);
  result.data["recall"] = recall_of(found.neighbors, exact);
  put_nearest(lines, found.neighbors);
}

void check_columns(const std::string& file, const rows_of_numbers& given, std::int64_t wanted, const std::string& why) {
  if (given.rows == 0 || given.columns == wanted) return;
  throw parse_error(
      file, 1, 1,
      "the table has " + std::to_string(given.columns) + " columns, expected " + std::to_string(wanted) + why);
}

document run(const options& given, session& now) {
  const int modes =
      (given.k > 0 && given.radius < 0.0 ? 1 : 0) + (given.radius >= 0.0 ? 1 : 0) + (given.box.empty() ? 0 : 1);
  if (modes != 1) {
    throw usage_error("neighbors: one of --k, --radius and --box is required (--k with --radius limits the results)");
  }
  if (given.box.empty() && given.queries.empty()) {
    throw usage_error("neighbors: a file of queries is required, except with --box");
  }
  if (given.max_leaves > 0 && (given.radius >= 0.0 || !given.box.empty())) {
    throw usage_error("neighbors: --max-leaves goes with --k alone");
  }
  metric how;
  try {
    how = neighbors::parse_metric(given.metric_name);
  } catch (const domain_error& wrong) {
    throw usage_error(wrong.what());
  }
  if (how.kind == neighbors::metric_kind::minkowski && (given.dtype == "u8" || given.dtype == "i8")) {
    throw usage_error("neighbors: --metric " + given.metric_name + " needs --dtype f32 or f64");
  }
  const rows_of_numbers points = read_numbers(now.context, given.points, given.no_header);
  rows_of_numbers queries, boxes;
  if (!given.queries.empty()) queries = read_numbers(now.context, given.queries, given.no_header);
  if (!given.box.empty()) boxes = read_numbers(now.context, given.box, given.no_header);
  check_columns(given.queries, queries, points.columns, " as in " + given.points);
  check_columns(given.box, boxes, 2 * points.columns,
                ", a lower and an upper corner for the points of " + given.points);
  if (boxes.rows > 1 && queries.rows > 0 && boxes.rows != queries.rows) {
    throw parse_error(given.box, 1, 1,
                      "the table has " + std::to_string(boxes.rows) + " boxes, expected 1 or one for each of the " +
                          std::to_string(queries.rows) + " queries");
  }
  document result;
  result.data["queries"] = given.queries.empty() ? boxes.rows : queries.rows;
  if (given.k > 0) result.data["k"] = given.k;
  if (given.radius >= 0.0) result.data["radius"] = given.radius;
  result.data["metric"] = neighbors::to_string(how);
  table_text lines{"", {"query", "rank", "index", "distance"}, {}};
  if (given.dtype == "f32") search_as<float>(given, now, points, queries, boxes, how, result, lines);
  if (given.dtype == "f64") search_as<double>(given, now, points, queries, boxes, how, result, lines);
  if (given.dtype == "u8") search_as<std::uint8_t>(given, now, points, queries, boxes, how, result, lines);
  if (given.dtype == "i8") search_as<std::int8_t>(given, now, points, queries, boxes, how, result, lines);
  result.data["neighbors"] = static_cast<std::int64_t>(lines.rows.size());
  if (!now.output.empty()) {
    output_file file(now.output);
    file.stream() << to_csv_text(lines);
    file.commit();
    result.data["output"] = now.output;
    if (now.output != "-") {
      result.notes.push_back(std::to_string(lines.rows.size()) + " neighbours written to " + now.output);
    }
  }
  if (now.output.empty() || now.format == output_format::csv_table) result.tables.push_back(std::move(lines));
  return result;
}

}  // namespace

void add_neighbors(program& all) {
  all.add(
      {.name = "neighbors",
       .summary = "nearest points of one table to the rows of another: k nearest, within a radius, in a box",
       .example = "credence neighbors points.csv queries.csv --k 10 --output nn.csv",
       .output = "the neighbours as CSV: query,rank,index,distance",
       .csv = true,
       .random = true},
      +[](CLI::App& app, options& given) {
        app.add_option("points", given.points, "table of points: every column is a coordinate")->required();
        app.add_option("queries", given.queries, "table of queries, with the same columns");
        app.add_option("--k", given.k, "so many nearest points; with --radius at most so many")->check(at_least(1));
        app.add_option("--radius", given.radius, "all points not farther than this")->check(non_negative());
        app.add_option("--box", given.box, "table of boxes: lower corner, then upper corner");
        app.add_option("--metric", given.metric_name, "euclidean, manhattan, chebyshev or minkowski:p");
        app.add_option("--max-leaves", given.max_leaves,
                       "look at so many leaves only, the most promising first; recall is reported")
            ->check(at_least(1));
        app.add_option("--dtype", given.dtype, "f32, f64, u8 or i8")->check(CLI::IsMember({"f32", "f64", "u8", "i8"}));
        app.add_flag("--no-header", given.no_header, "the first line is data");
      },
      run);
}

}  // namespace credence::app
