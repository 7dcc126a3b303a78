// SPDX-License-Identifier: BSD-3-Clause
// The text is cut into pieces at line ends outside quotes. Every piece is parsed on its own, all columns as numbers as
// long as they are; columns that turn out to be text (or integers that doubles cannot hold) are read in a second pass.
#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/table/csv.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>

#include "table/csv_cells.hpp"
#include "table/file_bytes.hpp"
#include "table/scan_kernels.hpp"
#include "table/text_place.hpp"

namespace credence {

namespace {

using detail::csv_cell;
using detail::csv_cursor;
using detail::text_fault;

constexpr std::int64_t piece_bytes = std::int64_t{1} << 20;

std::size_t to_size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// What the cells of a column have been so far; a later one wins.
enum class cell_kind : std::uint8_t { missing, integer, wide_integer, real, text };

/// One piece of the text, parsed.
struct piece {
  const char* begin = nullptr;
  const char* end = nullptr;
  std::int64_t rows = 0;
  std::int64_t capacity = 0;   // rows that it can have at most: its line ends
  std::int64_t first_row = 0;  // where its values go
  std::vector<cell_kind> kinds{};
  std::vector<std::vector<std::uint8_t>> missing{};  // for each column: empty, or one for each row
  std::optional<text_fault> fault{};
};

/// Texts of one column in one piece: codes in order of first appearance.
struct local_texts {
  std::vector<std::int32_t> codes;
  std::unordered_map<std::string, std::int32_t> known;
};

class csv_reader {
 public:
  csv_reader(const exec::context& ctx, std::string_view text, const csv_options& options, const std::string& source)
      : ctx_(ctx), text_(text), options_(options), source_(source) {}

  table read() {
    check_encoding();
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3), skipped_ = 3;
    try {
      read_header();
    } catch (const text_fault& fault) {
      fail(fault);
    }
    cut();
    make_room();
    exec::for_each_task(ctx_, count(pieces_),
                        [&](std::int64_t i) { guarded(pieces_[to_size(i)], [&](piece& one) { parse_piece(one); }); });
    raise_first_fault();
    return assemble();
  }

 private:
  template <class T>
  static std::int64_t count(const std::vector<T>& v) {
    return static_cast<std::int64_t>(v.size());
  }

  [[noreturn]] void fail(const text_fault& fault) const {
    const std::string_view whole(text_.data() - skipped_, text_.size() + to_size(skipped_));
    const auto [line, column] = detail::place_of(whole, static_cast<std::size_t>(fault.at - whole.data()));
    throw parse_error(source_, line, column, fault.what);
  }

  /// Keeps a fault with its piece, so that the first one of the text is told for any number of threads.
  template <class F>
  static void guarded(piece& one, const F& f) {
    try {
      f(one);
    } catch (const text_fault& fault) {
      one.fault = fault;
    }
  }

  void raise_first_fault() const {
    for (const piece& one : pieces_) {
      if (one.fault) fail(*one.fault);
    }
  }

  void check_encoding() const {
    const std::int64_t blocks = (static_cast<std::int64_t>(text_.size()) + piece_bytes - 1) / piece_bytes;
    std::vector<std::uint8_t> plain(to_size(blocks), 0);
    exec::for_each_task(ctx_, blocks, [&](std::int64_t b) {
      const std::string_view block = text_.substr(to_size(b * piece_bytes), to_size(piece_bytes));
      plain[to_size(b)] =
          CREDENCE_SIMD_PICK(plain_ascii)(block.data(), static_cast<std::int64_t>(block.size())) ? 1 : 0;
    });
    if (std::find(plain.begin(), plain.end(), 0) != plain.end()) check_utf8(text_, source_);
  }

  void read_header() {
    csv_cursor cursor(text_.data(), text_.data() + text_.size(), options_.delimiter);
    cursor.skip_blank_lines();
    if (cursor.at_end()) {
      throw parse_error(source_, 1, 1,
                        options_.header ? "the file is empty, but must begin with a line of column names"
                                        : "the file is empty, but must hold at least one row");
    }
    const char* first_line = cursor.p;
    std::string scratch;
    std::map<std::string, int, std::less<>> seen;
    while (true) {
      const csv_cell cell = cursor.next_cell();
      std::string name(cell.text(scratch));
      if (options_.header) {
        const std::size_t from = name.find_first_not_of(" \t");
        name = from == std::string::npos ? "" : name.substr(from, name.find_last_not_of(" \t") + 1 - from);
        if (name.empty()) {
          throw text_fault{cell.begin, "column " + std::to_string(names_.size() + 1) + " has no name"};
        }
        if (!seen.emplace(name, 0).second) {
          throw text_fault{cell.begin, "the column name " + name + " is there twice"};
        }
      } else {
        name = "x" + std::to_string(names_.size() + 1);
      }
      names_.push_back(std::move(name));
      if (cursor.at_line_end()) break;
      ++cursor.p;
    }
    if (options_.header) cursor.next_line();
    body_ = options_.header ? cursor.p : first_line;
  }

  /// Cuts the body into pieces at line ends outside quotes.
  void cut() {
    const char* end = text_.data() + text_.size();
    const std::int64_t blocks = std::max<std::int64_t>(1, (end - body_ + piece_bytes - 1) / piece_bytes);
    std::vector<std::int64_t> quotes(to_size(blocks), 0);
    const auto block_begin = [&](std::int64_t b) { return body_ + std::min(b * piece_bytes, end - body_); };
    exec::for_each_task(ctx_, blocks, [&](std::int64_t b) {
      quotes[to_size(b)] = CREDENCE_SIMD_PICK(count_byte)(block_begin(b), block_begin(b + 1) - block_begin(b), '"');
    });
    std::vector<const char*> begins{body_};
    std::int64_t before = 0;
    for (std::int64_t b = 1; b < blocks; ++b) {
      before += quotes[to_size(b - 1)];
      if (begins.back() >= block_begin(b + 1)) continue;
      const char* at = next_line_begin(block_begin(b), end, before % 2 != 0);
      if (at > begins.back() && at < end) begins.push_back(at);
    }
    pieces_.resize(begins.size());
    for (std::size_t i = 0; i < begins.size(); ++i) {
      pieces_[i].begin = begins[i];
      pieces_[i].end = i + 1 < begins.size() ? begins[i + 1] : end;
    }
  }

  static const char* next_line_begin(const char* p, const char* end, bool in_quotes) {
    for (; p != end; ++p) {
      if (*p == '"') in_quotes = !in_quotes;
      if (*p == '\n' && !in_quotes) return p + 1;
    }
    return end;
  }

  [[nodiscard]] bool means_missing(const csv_cell& cell, std::string& scratch) const {
    if (cell.content.empty()) return true;
    if (options_.missing_texts.empty()) return false;
    const std::string_view text = cell.text(scratch);
    return std::find(options_.missing_texts.begin(), options_.missing_texts.end(), text) !=
           options_.missing_texts.end();
  }

  void check_size(const csv_cell& cell) const {
    if (static_cast<std::int64_t>(cell.content.size()) > options_.max_cell_bytes) {
      throw text_fault{cell.begin, "a cell of " + std::to_string(cell.content.size()) + " bytes, but at most " +
                                       std::to_string(options_.max_cell_bytes) + " are allowed"};
    }
  }

  /// After the cell of column c: steps over the delimiter, or checks that the line ends after the last one.
  void after_cell(csv_cursor& cursor, std::size_t c, const char* line) const {
    const bool last = c + 1 == names_.size();
    if (cursor.at_line_end()) {
      if (last) return;
      throw text_fault{cursor.p,
                       "the row ends after " + cells(c + 1) + ", but must have " + std::to_string(names_.size())};
    }
    if (!last) {
      ++cursor.p;
      return;
    }
    std::size_t here = c + 1;
    for (csv_cursor rest = cursor; !rest.at_line_end(); ++here) {
      ++rest.p;
      rest.next_cell();
    }
    throw text_fault{line, "the row has " + cells(here) + ", but must have " + std::to_string(names_.size())};
  }
  static std::string cells(std::size_t n) { return std::to_string(n) + (n == 1 ? " cell" : " cells"); }

  /// One vector for each column, long enough for all pieces to write into side by side.
  void make_room() {
    exec::for_each_task(ctx_, count(pieces_), [&](std::int64_t i) {
      piece& one = pieces_[to_size(i)];
      one.capacity = CREDENCE_SIMD_PICK(count_byte)(one.begin, one.end - one.begin, '\n');
      if (one.begin != one.end && one.end[-1] != '\n') ++one.capacity;
    });
    std::int64_t rows = 0;
    for (piece& one : pieces_) {
      one.first_row = rows;
      rows += one.capacity;
    }
    values_.resize(names_.size());
    if (!options_.infer_types) return;
    exec::for_each_task(ctx_, count(names_), [&](std::int64_t c) {
      std::vector<double>& room = values_[to_size(c)];
      room.reserve(to_size(rows));
      detail::prefer_large_pages(room.data(), to_size(rows) * sizeof(double));
      room.resize(to_size(rows));
    });
  }

  void parse_piece(piece& one) {
    const std::size_t columns = names_.size();
    one.kinds.assign(columns, options_.infer_types ? cell_kind::missing : cell_kind::text);
    one.missing.resize(columns);
    csv_cursor cursor(one.begin, one.end, options_.delimiter);
    std::string scratch;
    for (cursor.skip_blank_lines(); !cursor.at_end(); cursor.skip_blank_lines()) {
      const char* line = cursor.p;
      for (std::size_t c = 0; c < columns; ++c) {
        if (one.kinds[c] == cell_kind::text) {
          check_size(cursor.next_cell());
        } else {
          parse_cell(one, c, cursor, scratch);
        }
        after_cell(cursor, c, line);
      }
      cursor.next_line();
      ++one.rows;
    }
    for (std::vector<std::uint8_t>& mask : one.missing) {
      if (!mask.empty()) mask.resize(to_size(one.rows), 0);
    }
  }

  void parse_cell(piece& one, std::size_t c, csv_cursor& cursor, std::string& scratch) {
    double& value = values_[c][to_size(one.first_row + one.rows)];
    cell_kind& kind = one.kinds[c];
    const parsed_number number = parse_number(cursor.p, cursor.end());
    if (number.end != cursor.p && cursor.is_cell_end(number.end) && options_.missing_texts.empty()) {
      value = number.value;
      if (kind != cell_kind::real) {
        note_number(kind, number.integer, {cursor.p, static_cast<std::size_t>(number.end - cursor.p)});
      }
      cursor.p = number.end;
      return;
    }
    const csv_cell cell = cursor.next_cell();
    check_size(cell);
    if (means_missing(cell, scratch)) {
      value = std::numeric_limits<double>::quiet_NaN();
      one.missing[c].resize(to_size(one.rows) + 1, 0);
      one.missing[c].back() = 1;
      return;
    }
    const std::string_view text = cell.text(scratch);
    const std::optional<double> general = to_number(text);
    if (!general) {
      kind = cell_kind::text;
      return;
    }
    value = *general;
    const bool narrow = value >= -9007199254740992.0 && value <= 9007199254740992.0;
    note_number(kind, narrow && to_integer(text).has_value(), text);
  }

  static void note_number(cell_kind& kind, bool integer, std::string_view text) {
    cell_kind now = cell_kind::integer;
    if (!integer) now = to_integer(text) ? cell_kind::wide_integer : cell_kind::real;
    kind = std::max(kind, now);
  }

  // ---- from pieces to columns ----

  table assemble() {
    const std::size_t columns = names_.size();
    std::int64_t rows = 0;
    std::vector<std::int64_t> offsets;
    std::vector<cell_kind> kinds(columns, cell_kind::missing);
    for (const piece& one : pieces_) {
      offsets.push_back(rows);
      rows += one.rows;
      for (std::size_t c = 0; c < columns; ++c) kinds[c] = std::max(kinds[c], one.kinds[c]);
    }
    std::vector<column> result(columns);
    exec::for_each_task(ctx_, count(names_), [&](std::int64_t task) {
      const std::size_t c = to_size(task);
      result[c].name = names_[c];
      if (kinds[c] <= cell_kind::real && kinds[c] != cell_kind::wide_integer) {
        join_numbers(c, kinds[c] == cell_kind::integer, rows, offsets, result[c]);
      }
      values_[c] = {};
    });
    std::vector<std::size_t> again;
    for (std::size_t c = 0; c < columns; ++c) {
      if (kinds[c] == cell_kind::wide_integer || kinds[c] == cell_kind::text) again.push_back(c);
    }
    if (!again.empty()) read_again(again, kinds, rows, offsets, result);
    return table(std::move(result));
  }

  void join_numbers(std::size_t c, bool integer, std::int64_t rows, const std::vector<std::int64_t>& offsets,
                    column& out) {
    std::vector<double>& values = values_[c];
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const piece& one = pieces_[i];
      // Blank lines and line breaks in cells leave gaps between pieces.
      const auto from = values.begin() + one.first_row;
      if (offsets[i] != one.first_row) std::copy(from, from + one.rows, values.begin() + offsets[i]);
      if (!one.missing[c].empty()) {
        if (out.missing.empty()) out.missing.resize(to_size(rows), 0);
        std::copy_n(one.missing[c].begin(), one.rows, out.missing.begin() + offsets[i]);
      }
    }
    values.resize(to_size(rows));
    if (!integer) {
      out.values = std::move(values);
      return;
    }
    std::vector<std::int64_t> integers(to_size(rows));
    for (std::size_t r = 0; r < integers.size(); ++r) {
      integers[r] = out.missing.empty() || out.missing[r] == 0 ? static_cast<std::int64_t>(values[r]) : 0;
    }
    out.values = std::move(integers);
  }

  /// The second pass: columns of text, and of integers that do not fit a double.
  void read_again(const std::vector<std::size_t>& again, const std::vector<cell_kind>& kinds, std::int64_t rows,
                  const std::vector<std::int64_t>& offsets, std::vector<column>& result) {
    std::vector<std::vector<local_texts>> texts(pieces_.size(), std::vector<local_texts>(again.size()));
    for (const std::size_t c : again) {
      if (kinds[c] == cell_kind::wide_integer) result[c].values = std::vector<std::int64_t>(to_size(rows), 0);
      result[c].missing.assign(to_size(rows), 0);
    }
    exec::for_each_task(ctx_, count(pieces_), [&](std::int64_t task) {
      const std::size_t i = to_size(task);
      guarded(pieces_[i], [&](piece& one) {
        csv_cursor cursor(one.begin, one.end, options_.delimiter);
        std::string scratch;
        std::int64_t row = offsets[i];
        for (cursor.skip_blank_lines(); !cursor.at_end(); cursor.skip_blank_lines(), ++row) {
          std::size_t next = 0;
          for (std::size_t c = 0; c < names_.size(); ++c) {
            const csv_cell cell = cursor.next_cell();
            if (next < again.size() && again[next] == c) {
              check_size(cell);
              store_again(cell, kinds[c], row, result[c], texts[i][next], scratch);
              ++next;
            }
            if (c + 1 < names_.size()) ++cursor.p;
          }
          cursor.next_line();
        }
      });
    });
    raise_first_fault();
    exec::for_each_task(ctx_, count(again), [&](std::int64_t k) {
      column& out = result[again[to_size(k)]];
      if (kinds[again[to_size(k)]] == cell_kind::text) join_texts(texts, to_size(k), rows, out);
      if (out.missing_count() == 0) out.missing.clear();
    });
  }

  void store_again(const csv_cell& cell, cell_kind kind, std::int64_t row, column& out, local_texts& texts,
                   std::string& scratch) const {
    const bool gone = means_missing(cell, scratch);
    if (gone) out.missing[to_size(row)] = 1;
    if (kind == cell_kind::wide_integer) {
      if (!gone) std::get<1>(out.values)[to_size(row)] = *to_integer(cell.text(scratch));
      return;
    }
    if (gone) {
      texts.codes.push_back(-1);
      return;
    }
    const std::string key(cell.text(scratch));
    texts.codes.push_back(texts.known.emplace(key, static_cast<std::int32_t>(texts.known.size())).first->second);
  }

  static void join_texts(const std::vector<std::vector<local_texts>>& texts, std::size_t k, std::int64_t rows,
                         column& out) {
    categories joined;
    for (const auto& of_piece : texts) {
      for (const auto& [text, code] : of_piece[k].known) joined.levels.push_back(text);
    }
    std::sort(joined.levels.begin(), joined.levels.end());
    joined.levels.erase(std::unique(joined.levels.begin(), joined.levels.end()), joined.levels.end());
    joined.codes.reserve(to_size(rows));
    for (const auto& of_piece : texts) {
      std::vector<std::int32_t> translated(of_piece[k].known.size());
      for (const auto& [text, code] : of_piece[k].known) {
        const auto found = std::lower_bound(joined.levels.begin(), joined.levels.end(), text);
        translated[to_size(code)] = static_cast<std::int32_t>(found - joined.levels.begin());
      }
      for (const std::int32_t code : of_piece[k].codes) {
        joined.codes.push_back(code < 0 ? -1 : translated[to_size(code)]);
      }
    }
    out.values = std::move(joined);
  }

  const exec::context& ctx_;
  std::string_view text_;
  std::ptrdiff_t skipped_ = 0;
  const csv_options& options_;
  const std::string& source_;
  const char* body_ = nullptr;
  std::vector<std::string> names_;
  std::vector<piece> pieces_;
  std::vector<std::vector<double>> values_;  // for each column
};

}  // namespace

table parse_csv(const exec::context& ctx, std::string_view text, const csv_options& options,
                const std::string& source) {
  if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r' || options.delimiter == 0) {
    throw domain_error("parse_csv: delimiter is a quote, line end or NUL, but must be another character");
  }
  return csv_reader(ctx, text, options, source).read();
}

table read_csv(const exec::context& ctx, const std::string& path, const csv_options& options) {
  const detail::file_bytes bytes(ctx, path);
  return parse_csv(ctx, bytes.view(), options, path);
}

table read_csv(const std::string& path, const csv_options& options) { return read_csv(exec::cpu(), path, options); }

}  // namespace credence
