#include "sim/record/layout.hpp"

namespace rackrate::record {
namespace {

constexpr std::string_view kIntroduction =
    "# The result file\n"
    "\n"
    "Written from the tables in `sim/record/layout.cpp`; a test compares them. Format version ";

constexpr std::string_view kFile =
    ".\n"
    "\n"
    "A result is HDF5 that is also valid netCDF-4: `xarray.open_dataset(path, engine=\"h5netcdf\")`, `ncdump -h` and "
    "`h5dump -H`\n"
    "read it without our code. Every dimension is a dimension scale, every variable carries `long_name`, `units`, "
    "`comment`,\n"
    "`cell_methods` and `_FillValue`. Missing is NaN. Compression is gzip 1 with shuffle; a chunk never spans two "
    "replications.\n"
    "A reader refuses another major version by name; a minor version only adds.\n"
    "\n"
    "The last line of a file, behind what HDF5 knows of, is `rackrate result ends, <size> bytes, crc32 <CRC-32>`: the "
    "size of what is\n"
    "before it, 20 digits, and its CRC-32 as in zlib, 8 hexadecimal digits. Our readers compare it before HDF5 reads "
    "anything, about a\n"
    "second for a gigabyte; `rackrate.open(path, verify=False)` does not. A program that changes the file in place "
    "removes the line, and\n"
    "the file is refused. A dataset that xarray or another netCDF program saved anew is read with the warning that "
    "nothing vouches\n"
    "for its values; `rackrate rerun` then compares them with the prints that came with them. Equal studies of one "
    "program and version\n"
    "of HDF5 and zlib are equal bytes.\n"
    "\n"
    "Do not import netCDF4-python and h5py into one process: their two copies of HDF5 may clash.\n"
    "\n"
    "## Completeness\n"
    "\n"
    "A file under its final name is whole. `complete[arm, replication]` says which replications were done (1) and "
    "which were\n"
    "not (0: their values are all missing); `run_fingerprint[arm, replication]` is the SHA-256 of what each recorded.\n"
    "`run_end[arm, replication]` is the instant up to which each was simulated, exclusive, in milliseconds since "
    "1970-01-01; missing\n"
    "where it was not done. `event_log[arm, replication]` is a JSON list of dated events (time, kind, subject, text: "
    "contract versions,\n"
    "releases, conflicts, sites) of each arm's lowest replication, and empty for the others.\n"
    "Months after the end of a run are missing. Where all runs end inside a month, `time_bounds` is cut "
    "to that end and\n"
    "its attribute `horizon` says where the scenario ends. While a\n"
    "study runs, finished batches are result files of their own in `OUT.h5.parts/`, beside a `manifest.json`. Where "
    "`OUT.h5` is a symbolic\n"
    "link, it stays one: file and parts lie where it leads to. A file that is replaced hands its rights on; its other "
    "hard links\n"
    "keep the old content. Pipes, devices and read-only files are not replaced.\n"
    "\n"
    "## Root attributes\n"
    "\n"
    "| name | meaning |\n"
    "|---|---|\n"
    "| `Conventions` | `CF-1.10` |\n"
    "| `format_version` | of this page |\n"
    "| `program_version`, `commit`, `build_type` | what computed the numbers; `commit` is absent when unknown |\n"
    "| `seed` | of all random numbers, with the replication |\n"
    "| `lookahead` | the window, the least delay between processes |\n"
    "| `baseline` | the arm that differences are taken from |\n"
    "| `design` | JSON: what the arms of a designed study are to each other (sub-arms of an attribution, steps of a "
    "decomposition); absent else |\n"
    "| `until` | the end that was asked for in place of the scenario's, exclusive; absent when none was |\n"
    "| `structural` | JSON list of the rows of the structural range; absent when none was run |\n"
    "| `discount_rate`, `valuation_date` | of the baseline's net present values, per year of 365.25 d |\n"
    "| `fingerprint` | SHA-256 over the prints of all complete runs in the order (arm, replication) |\n"
    "\n"
    "A run's print covers variable names, types, labels and values, and nothing else: equal numbers have equal prints, "
    "on any\n"
    "number of threads, resumed or not.\n"
    "\n"
    "## Dimensions\n"
    "\n"
    "Order: `arm, replication`, then entities, then `time`. `arm` is always there, also for a single run. Labels of an "
    "arm that\n"
    "another arm lacks are missing there. A dimension without labels (no segments, no money clauses) is left out "
    "together with\n"
    "the variables that have it.\n"
    "\n"
    "| name | meaning |\n"
    "|---|---|\n"
    "| `arm` | arms of the comparison |\n"
    "| `replication` | number of the random world; arms of one replication share it |\n";

constexpr std::string_view kOther =
    "| `bnds` | begin and end of `time_bounds[time, bnds]`, days since 1970-01-01, cut to the run |\n"
    "\n"
    "## What each arm is\n"
    "\n"
    "Variables with the one dimension `arm`, so that they stay with the arm when datasets are cut, joined or saved. "
    "Text but for\n"
    "the rate.\n"
    "\n"
    "| name | meaning |\n"
    "|---|---|\n";

constexpr std::string_view kVariables =
    "\n"
    "## Variables\n"
    "\n"
    "Each has `arm, replication` before the dimensions listed. *Over time* is the CF cell method: the sum or the mean "
    "over the\n"
    "month's days inside the run, or the state in its last window. Money is kept in integer 1e-4 dollars until the "
    "end, so sums are exact.\n"
    "\n"
    "| name | dimensions | type | unit | over time | meaning |\n"
    "|---|---|---|---|---|---|\n";

std::string over_time(Cell cell) {
  const std::string_view methods = cell_methods(cell);
  return methods.empty() ? "whole run" : std::string(methods.substr(methods.find(' ') + 1));
}

}  // namespace

std::string format_page() {
  std::string out = std::string(kIntroduction) + std::string(kFormatVersion) + std::string(kFile);
  for (const DimensionRow& d : dimensions())
    out += "| `" + std::string(d.name) + "` | " + std::string(d.meaning) + " |\n";
  out += kOther;
  for (const ArmVariableRow& a : arm_variables())
    out += "| `" + std::string(a.name) + "` | " + std::string(a.long_name) + ": " + std::string(a.meaning) + " |\n";
  out += kVariables;
  for (const VariableRow& v : variables()) {
    std::string dims;
    for (const Dim d : v.dims) dims += (dims.empty() ? "" : ", ") + std::string(row(d).name);
    out += "| `" + std::string(v.name) + "` | " + dims + " | " + std::string(name(v.type)) + " | " +
           std::string(v.unit) + " | " + over_time(v.cell) + " | " + std::string(v.long_name) + ". " +
           std::string(v.meaning) + " |\n";
  }
  return out;
}

}  // namespace rackrate::record
