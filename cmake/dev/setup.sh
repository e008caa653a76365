# Sourced by ./dev: everything that must be there before something can be built or run.
# Whatever is expensive leaves a stamp that names its inputs, so that a second set-up costs a second.

PACKAGES="g++ cmake ninja-build ccache git python3 python3-venv python3-dev
  libboost-dev libboost-graph-dev libeigen3-dev libtbb-dev libhdf5-dev libtomlplusplus-dev librandom123-dev
  libfmt-dev catch2 libbenchmark-dev libcli11-dev netcdf-bin hdf5-tools"
CHECK_PACKAGES="clang libclang-rt-14-dev valgrind"
CLUSTER_PACKAGES="slurm-wlm munge"   # a real SLURM on loopback; tests/python/local_slurm.py starts it

VENV=$ROOT/.venv
PY=$VENV/bin/python
# The distribution's interpreter by its full name: the first python3 on PATH may be a version
# manager's shim, which CMake would then take for the one to build against.
BASE_PYTHON=${RACKRATE_BASE_PYTHON:-/usr/bin/python3}
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV || true
JOBS=${RACKRATE_JOBS:-$(nproc)}

say() { printf '%s\n' "-- $*" >&2; }
digest() { cat "$@" | sha256sum | cut -c1-32; }
# A digest of all files below some folders, names included.
tree_digest() {
  find "$@" -type f ! -path '*/.*' ! -path '*/__pycache__/*' ! -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32
}

# need_packages NAME...: installs what is missing, as root or through sudo; else names the one line to type.
need_packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 0   # not Debian: CMake names what it does not find
  missing=
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
      as_root=sudo
    else
      printf '%s\n' "Some Debian packages are missing. As root, type:" "apt-get install -y --no-install-recommends$missing" >&2
      exit 3
    fi
  fi
  say "installing Debian packages:$missing"
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

need_venv() {
  want=$(digest requirements.lock)
  [ -x "$PY" ] && [ "$(cat "$VENV/.lock-digest" 2>/dev/null)" = "$want" ] && return 0
  [ -x "$PY" ] && "$PY" -c 'import sys' 2>/dev/null || { rm -rf "$VENV"; say "making .venv"; "$BASE_PYTHON" -m venv "$VENV"; }
  say "installing Python packages from requirements.lock (a minute)"
  "$PY" -m pip install --quiet --disable-pip-version-check -r requirements.lock
  printf '%s\n' "$want" >"$VENV/.lock-digest"
}

# configure PRESET [OPTION...]: only when there is no build yet, or the presets or options have changed.
configure() {
  preset=$1
  want=$({ cat CMakePresets.json; printf '%s ' "$@" "$PY" "${CI:-}"; } | sha256sum | cut -c1-32)
  [ -f "build/$preset/build.ninja" ] && [ "$(cat "build/$preset/.configured" 2>/dev/null)" = "$want" ] && return 0
  shift
  say "configuring build/$preset"
  mkdir -p "build/$preset"
  cmake --preset "$preset" ${CI:+-DRACKRATE_WERROR=ON} -DPython_EXECUTABLE="$PY" "$@" >"build/$preset/configure.log" 2>&1 ||
    { cat "build/$preset/configure.log" >&2; return 1; }
  printf '%s\n' "$want" >"build/$preset/.configured"
}

# compile PRESET [TARGET...]
compile() {
  preset=$1; shift
  quiet=--quiet
  if [ -t 2 ]; then quiet=; fi   # where somebody looks, one line counts the files
  ninja $quiet -C "build/$preset" -j "$JOBS" "$@" >&2
}

# (Its own name for the digest: plain sh has no local variables, and configure sets `want`.)
# The Python package, built in the same folder as the C++ tests so that nothing is compiled twice.
need_package() {
  package_want=$({ tree_digest sim python analysis scenarios cmake; digest CMakeLists.txt pyproject.toml README.md requirements.lock; } | digest)
  [ "$(cat "$VENV/.package-digest" 2>/dev/null)" = "$package_want" ] && "$PY" -c 'import rackrate' 2>/dev/null && return 0
  configure release -DRACKRATE_PYTHON=ON
  say "building the library and the Python module (2 minutes on two cores, seconds when little has changed)"
  compile release _core
  say "installing the Python package into .venv"
  "$PY" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --force-reinstall \
    --config-settings=build-dir=build/release .
  printf '%s\n' "$package_want" >"$VENV/.package-digest"
}

set_up() {
  need_packages $PACKAGES
  need_venv
  need_package
}
