// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/csv.hpp"

#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <random>

using namespace credence;

namespace {

table parse(std::string_view text, const csv_options& options = {}) {
  return parse_csv(exec::cpu(1), text, options, "t.csv");
}

std::string error_of(std::string_view text, const csv_options& options = {}) {
  try {
    parse(text, options);
  } catch (const parse_error& e) {
    return e.what();
  }
  return "no error";
}

/// Rows of cells, read by a plain state machine: the twin of the fast reader for texts without errors.
std::vector<std::vector<std::string>> slow_cells(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool inside = false, any = false;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : '\n';
    if (inside) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"', ++i;
      } else if (c == '"') {
        inside = false;
      } else {
        cell += c;
      }
    } else if (c == '"') {
      inside = any = true;
    } else if (c == ',') {
      row.push_back(cell), cell.clear(), any = true;
    } else if (c == '\n') {
      if (any || !cell.empty()) row.push_back(cell), rows.push_back(row);
      row.clear(), cell.clear(), any = false;
    } else if (!(c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
      cell += c;
    }
  }
  return rows;
}

}  // namespace

TEST_CASE("csv: types are inferred column by column", "[table][csv]") {
  const table t = parse("a,b,c,d\n1,1.5,x,\n-2,2,y,\n,NaN,x,\n");
  REQUIRE(t.rows() == 3);
  CHECK(t.at("a").integers() == std::vector<std::int64_t>{1, -2, 0});
  CHECK(t.at("a").missing == std::vector<std::uint8_t>{0, 0, 1});
  CHECK(t.at("b").type() == column_type::real);
  CHECK(t.at("b").missing.empty());
  CHECK(std::isnan(t.at("b").reals()[2]));
  CHECK(t.at("c").texts() == categories{{0, 1, 0}, {"x", "y"}});
  CHECK(t.at("d").type() == column_type::real);
  CHECK(t.at("d").missing_count() == 3);
}

TEST_CASE("csv: quoting, line breaks in cells, CRLF, blank lines, a byte-order mark", "[table][csv]") {
  const table t = parse("\xEF\xBB\xBF\"na,me\",v\r\n\"a \"\"b\"\"\",1\r\n\r\n\"two\nlines\",\"2\"\r\n\"\",3\n\n");
  REQUIRE(t.rows() == 3);
  CHECK(t.at("na,me").texts().levels == std::vector<std::string>{"a \"b\"", "two\nlines"});
  CHECK(t.at("na,me").texts().codes == std::vector<std::int32_t>{0, 1, -1});
  CHECK(t.at("v").integers() == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("csv: a last line without its end, a header alone, no header", "[table][csv]") {
  CHECK(parse("a\n1\n2").rows() == 2);
  CHECK(parse("a,b\n").rows() == 0);
  CHECK(parse("a,b").columns().size() == 2);
  const table t = parse("1,2\n3,4\n", {.header = false});
  CHECK(t.at("x2").integers() == std::vector<std::int64_t>{2, 4});
  const table s = parse("a;b\n1;2,5\n", {.delimiter = ';'});
  CHECK(s.at("b").type() == column_type::text);
}

TEST_CASE("csv: integers stay exact up to 64 bits, and become real when they do not fit", "[table][csv]") {
  const table t = parse("a,b\n9007199254740993,1\n-9223372036854775808,99999999999999999999\n");
  CHECK(t.at("a").integers() == std::vector<std::int64_t>{9007199254740993, std::numeric_limits<std::int64_t>::min()});
  CHECK(t.at("b").reals() == std::vector<double>{1.0, 1e20});
}

TEST_CASE("csv: one text cell late in the file makes the column text", "[table][csv]") {
  std::string text = "a,b\n";
  for (int i = 0; i < 200000; ++i) text += std::to_string(i) + ",1.5\n";  // several pieces
  text += "end,2\n";
  const table t = parse_csv(exec::cpu(2), text);
  REQUIRE(t.at("a").type() == column_type::text);
  CHECK(t.at("a").text(77) == "77");
  CHECK(t.at("a").text(200000) == "end");
  CHECK(t.at("b").reals()[200000] == 2.0);
}

TEST_CASE("csv: options", "[table][csv]") {
  const table t = parse("a,b\nNA,1\n3,\n", {.missing_texts = {"NA", "?"}});
  CHECK(t.at("a").missing == std::vector<std::uint8_t>{1, 0});
  CHECK(t.at("b").missing == std::vector<std::uint8_t>{0, 1});
  const table s = parse("a,b\n01,1\n1.0,\n", {.infer_types = false});
  CHECK(s.at("a").text(0) == "01");
  CHECK(s.at("b").texts().codes == std::vector<std::int32_t>{0, -1});
  CHECK_THROWS_AS(parse("a", {.delimiter = '"'}), domain_error);
}

TEST_CASE("csv: every error has its line and column", "[table][csv]") {
  CHECK(error_of("") == "t.csv:1:1: the file is empty, but must begin with a line of column names");
  CHECK(error_of("\n\r\n") == "t.csv:1:1: the file is empty, but must begin with a line of column names");
  CHECK(error_of("a,,c\n") == "t.csv:1:3: column 2 has no name");
  CHECK(error_of("a,b,\" a\"\n") == "t.csv:1:5: the column name a is there twice");
  CHECK(error_of("a,b\n1,2\n3\n") == "t.csv:3:2: the row ends after 1 cell, but must have 2");
  CHECK(error_of("a,b\n1,2,x,\"4\"\n") == "t.csv:2:1: the row has 4 cells, but must have 2");
  CHECK(error_of("a,b\n1,\"x\n2,3\n") == "t.csv:2:3: a quoted cell that is never closed");
  CHECK(error_of("a,b\n1,\"x\"y\n") == "t.csv:2:6: text after a closing quote, but a cell must end there");
  CHECK(error_of("a,b\n1,x\"y\"\n") == "t.csv:2:4: a quote inside a cell that does not begin with one");
  CHECK(error_of(std::string_view("a,b\n1,\0002\n", 9)) == "t.csv:2:3: a NUL byte, but text was expected");
  CHECK(error_of("a,b\n1,\xE4h\n") == "t.csv:2:3: a byte that is not UTF-8");
  CHECK(error_of("a,b\n\xED\xA0\x80,2\n") == "t.csv:2:1: a byte that is not UTF-8");  // a surrogate
  CHECK(error_of("a,b\n\xC0\x80,2\n") == "t.csv:2:1: a byte that is not UTF-8");      // overlong
  CHECK(error_of("a\n" + std::string(100, 'x') + "\n", {.max_cell_bytes = 99}) ==
        "t.csv:2:1: a cell of 100 bytes, but at most 99 are allowed");
  CHECK(error_of("\xEF\xBB\xBF"
                 "a,b\n1\n") == "t.csv:2:2: the row ends after 1 cell, but must have 2");
}

TEST_CASE("csv: the first error of the text is told, for any number of threads", "[table][csv]") {
  std::string text = "a,b\n";
  for (int i = 0; i < 400000; ++i) text += i == 150000 || i == 390000 ? "1\n" : "1,2.25\n";
  for (const int threads : {1, 2, 5}) {
    CHECK_THROWS_WITH(parse_csv(exec::cpu(threads), text), Contains("csv:150002:2: the row ends after 1 cell"));
  }
}

TEST_CASE("csv: agrees with a plain state machine on random texts, for any number of threads", "[table][csv]") {
  std::mt19937_64 engine(GENERATE(1, 2, 3));
  const std::vector<std::string> pieces{"x", "\"a,b\"", "\"q\"\"\"", "\"l1\nl2\"", "\xC3\xA4",
                                        "7", "-2.5e3",  "\"\"",      "",           " 4 "};
  const std::size_t columns = 3;
  std::string text = "u,v,w\n";
  while (text.size() < 3U << 20) {  // three pieces and more
    for (std::size_t c = 0; c < columns; ++c) {
      text += (c > 0 ? "," : "") + (c == 1 ? std::to_string(engine() % 1000) : pieces[engine() % pieces.size()]);
    }
    text += engine() % 2 == 0 ? "\n" : "\r\n";
  }
  const auto expected = slow_cells(text);
  const table one = parse_csv(exec::cpu(1), text), many = parse_csv(exec::cpu(3), text);
  REQUIRE(one.rows() == static_cast<std::int64_t>(expected.size()) - 1);
  REQUIRE(one.at("v").type() == column_type::integer);
  bool same = true;
  for (std::size_t c = 0; c < columns; ++c) {
    CHECK(one.columns()[c].values == many.columns()[c].values);
    CHECK(one.columns()[c].missing == many.columns()[c].missing);
    for (std::size_t r = 1; r < expected.size(); ++r) {
      same &= one.columns()[c].text(static_cast<std::int64_t>(r) - 1) == expected[r][c];
    }
  }
  CHECK(same);
}

TEST_CASE("csv: what is written reads back the same", "[table][csv]") {
  table t;
  t.set(make_column("x", std::vector<double>{0.1, -1e300, 5e-324, std::numeric_limits<double>::infinity(), 1.0 / 3}));
  t.set(make_column("n,\"1\"", std::vector<std::int64_t>{1, -2, 3, 4, std::numeric_limits<std::int64_t>::max()}));
  t.set(make_column("text", std::vector<std::string>{"a", "b,c", "say \"hi\"", "two\nlines", " blank "}));
  column holes = make_column("holes", std::vector<std::int64_t>{0, 2, 0, 4, 5});
  holes.missing = {1, 0, 1, 0, 0};
  t.set(holes);
  const std::string text = to_csv(t);
  const table back = parse(text);
  REQUIRE(back.names() == t.names());
  for (std::size_t c = 0; c < 4; ++c) {
    CHECK(back.columns()[c].values == t.columns()[c].values);
    CHECK(back.columns()[c].missing == t.columns()[c].missing);
  }
  CHECK(to_csv(back) == text);

  column gaps = make_column("gaps", std::vector<double>{1.5, 0.0});
  gaps.missing = {0, 1};
  CHECK(parse(to_csv(table({gaps}))).rows() == 2);  // the missing cell of a single column is no blank line
}

TEST_CASE("csv: files, packed ones too", "[table][csv]") {
  const std::string folder = std::filesystem::temp_directory_path().string() + "/credence_csv_test";
  std::filesystem::create_directories(folder);
  const std::string path = folder + "/" + GENERATE("t.csv", "t.csv.gz");
  const table t = parse("a,b\n1,x\n2,y\n");
  write_csv(path, t);
  CHECK_FALSE(std::filesystem::exists(path + ".partial"));
  CHECK(to_csv(read_csv(path)) == to_csv(t));
  CHECK_THROWS_WITH(read_csv(folder + "/absent.csv"), Contains("absent.csv: cannot open"));
  CHECK_THROWS_AS(write_csv(folder + "/no/such/folder.csv", t), io_error);
  if (path.ends_with(".gz")) {
    std::string bytes;
    {
      std::FILE* f = std::fopen(path.c_str(), "rb");
      char buffer[4096];
      bytes.assign(buffer, std::fread(buffer, 1, sizeof buffer, f));
      std::fclose(f);
    }
    CHECK(static_cast<unsigned char>(bytes[0]) == 0x1F);
    const auto put = [&](const std::string& what) {
      std::FILE* f = std::fopen((folder + "/bad.gz").c_str(), "wb");
      std::fwrite(what.data(), 1, what.size(), f);
      std::fclose(f);
    };
    put(bytes.substr(0, bytes.size() - 3));
    CHECK_THROWS_WITH(read_file(folder + "/bad.gz"), Contains("end too early"));
    std::string damaged = bytes;
    damaged[10] = static_cast<char>(0xFF);
    put(damaged);
    CHECK_THROWS_AS(read_file(folder + "/bad.gz"), parse_error);
    put(bytes + bytes);  // two members
    CHECK(read_file(folder + "/bad.gz") == to_csv(t) + to_csv(t));
  }
  std::filesystem::remove_all(folder);
}
