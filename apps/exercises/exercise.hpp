// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

/// Textbook exercises that compute their own answers. Each folder is a book, each file a topic of it; a file defines
/// `void add_<folder>_<file>(catalogue&)`, which CMake finds.
namespace credence::exercises {

/// Why an answer may differ from the stated one.
namespace because {
inline constexpr const char* exact = "exact up to rounding";
inline constexpr const char* printed = "half a unit of the last digit stated";
inline constexpr const char* four_errors = "four standard errors of the simulation";
}  // namespace because

/// One stated number, and the computed one.
struct answer {
  std::string what;
  double expected = 0.0;
  double computed = 0.0;
  double tolerance = 1e-9;  ///< relative where the stated number is above 1 in size, absolute below
  std::string why = because::exact;

  [[nodiscard]] bool passes() const;
};

/// A stated number with so many decimals: within half a unit of the last one.
answer stated(std::string what, double expected, int decimals, double computed);
/// A stated number that is exact.
answer exactly(std::string what, double expected, double computed);
/// A stated yes or no.
answer truth(std::string what, bool expected, bool computed);
/// A stated number that a simulation gives with this standard error.
answer simulated(std::string what, double expected, double computed, double standard_error);

struct exercise {
  std::string id;         ///< `T12`
  std::string book;       ///< the folder
  std::string source;     ///< author, title, section
  std::string statement;  ///< in our own words
  std::vector<answer> (*compute)();
};

using catalogue = std::vector<exercise>;

/// Thrown by an exercise whose data are not at hand.
class not_at_hand : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// All exercises, by number.
const catalogue& all_exercises();

}  // namespace credence::exercises
