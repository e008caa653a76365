#include "sim/record/detail/hdf5.hpp"

namespace rackrate::record::detail {
namespace {

std::mutex& the_lock() {
  static std::mutex lock;  // guards a library with global state, not state of ours
  return lock;
}

Handle access_properties() {
  Handle access = need(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "file properties");
  need(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18), "library version bounds");
#if H5_VERSION_GE(1, 10, 7)
  // Files are written under a private name and read when whole: locks would protect nothing, and NFS or Lustre may
  // refuse them.
  need(H5Pset_file_locking(access.get(), false, true), "file locking");
#endif
  return access;
}

void put_attribute(hid_t object, const std::string& name, hid_t type, hid_t space, const void* value) {
  const Handle attribute =
      need(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "creating an attribute");
  need(H5Awrite(attribute.get(), type, value), "writing an attribute");
}

void put_array(hid_t object, const std::string& name, hid_t type, hsize_t count, const void* values) {
  const Handle space = need(H5Screate_simple(1, &count, nullptr), H5Sclose, "an attribute's space");
  put_attribute(object, name, type, space.get(), values);
}

template <class T>
T get_number(hid_t object, const std::string& name, hid_t type) {
  T value{};
  const Handle attribute = need(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "reading an attribute");
  const Handle space = need(H5Aget_space(attribute.get()), H5Sclose, "reading an attribute");
  if (H5Sget_simple_extent_npoints(space.get()) != 1) throw Failure{"reading an attribute"};
  need(H5Aread(attribute.get(), type, &value), "reading an attribute");
  return value;
}

hsize_t count_of(hid_t dataset) {
  const Handle space = need(H5Dget_space(dataset), H5Sclose, "a dataset's space");
  return static_cast<hsize_t>(need(H5Sget_simple_extent_npoints(space.get()), "a dataset's size"));
}

template <class T>
std::vector<T> read_all(hid_t file, const std::string& name, hid_t type) {
  const Handle dataset = open_dataset(file, name);
  std::vector<T> out(count_of(dataset.get()));
  if (!out.empty()) need(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()), "reading a dataset");
  return out;
}

}  // namespace

Session::Session() : lock_(the_lock()) {
  H5Eget_auto2(H5E_DEFAULT, &report_, &report_data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Session::~Session() { H5Eset_auto2(H5E_DEFAULT, report_, report_data_); }

Handle create_file(const std::filesystem::path& path, Disk& disk) {
  const Handle creation = need(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "file properties");
  need(H5Pset_link_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "creation order");
  need(H5Pset_attr_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "creation order");
  need(H5Pset_obj_track_times(creation.get(), false), "object times");
  const Handle access = access_properties();
  need(write_to_disk(access.get(), disk), "choosing the driver");
  return need(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "creating the file");
}

Handle open_file(const std::filesystem::path& path) {
  const Handle access = access_properties();
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose};
}

void put_text(hid_t object, const std::string& name, const std::string& text) {
  if (text.empty()) return;
  const Handle type = need(H5Tcopy(H5T_C_S1), H5Tclose, "a text type");
  need(H5Tset_size(type.get(), text.size()), "a text type");
  need(H5Tset_strpad(type.get(), H5T_STR_NULLPAD), "a text type");
  need(H5Tset_cset(type.get(), H5T_CSET_UTF8), "a text type");
  const Handle space = need(H5Screate(H5S_SCALAR), H5Sclose, "an attribute's space");
  put_attribute(object, name, type.get(), space.get(), text.data());
}

void put_double(hid_t object, const std::string& name, double value) {
  put_array(object, name, H5T_NATIVE_DOUBLE, 1, &value);
}
void put_float(hid_t object, const std::string& name, float value) {
  put_array(object, name, H5T_NATIVE_FLOAT, 1, &value);
}
void put_uint64(hid_t object, const std::string& name, std::uint64_t value) {
  put_array(object, name, H5T_NATIVE_UINT64, 1, &value);
}
void put_int64(hid_t object, const std::string& name, std::int64_t value) {
  put_array(object, name, H5T_NATIVE_INT64, 1, &value);
}
void put_int8s(hid_t object, const std::string& name, const std::vector<std::int8_t>& values) {
  put_array(object, name, H5T_NATIVE_INT8, values.size(), values.data());
}

bool has_attribute(hid_t object, const std::string& name) { return H5Aexists(object, name.c_str()) > 0; }

std::string get_text(hid_t object, const std::string& name) {
  if (!has_attribute(object, name)) return {};
  const Handle attribute = need(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "reading an attribute");
  const Handle type = need(H5Aget_type(attribute.get()), H5Tclose, "reading an attribute");
  if (H5Tget_class(type.get()) != H5T_STRING) return {};
  const Handle space = need(H5Aget_space(attribute.get()), H5Sclose, "reading an attribute");
  if (H5Sget_simple_extent_npoints(space.get()) != 1) return {};
  if (H5Tis_variable_str(type.get()) > 0) {  // of another writer: ours are fixed
    char* pointer = nullptr;
    need(H5Aread(attribute.get(), type.get(), &pointer), "reading an attribute");
    const std::string text = pointer ? pointer : "";
    H5free_memory(pointer);
    return text;
  }
  std::string text(H5Tget_size(type.get()), '\0');
  need(H5Aread(attribute.get(), type.get(), text.data()), "reading an attribute");
  return text;
}

double get_double(hid_t object, const std::string& name) { return get_number<double>(object, name, H5T_NATIVE_DOUBLE); }
std::uint64_t get_uint64(hid_t object, const std::string& name) {
  return get_number<std::uint64_t>(object, name, H5T_NATIVE_UINT64);
}

Handle string_type() {
  Handle type = need(H5Tcopy(H5T_C_S1), H5Tclose, "a text type");
  need(H5Tset_size(type.get(), H5T_VARIABLE), "a text type");
  need(H5Tset_cset(type.get(), H5T_CSET_UTF8), "a text type");
  return type;
}

Handle dataset_properties() {
  Handle properties = need(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "dataset properties");
  need(H5Pset_attr_creation_order(properties.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "creation order");
  need(H5Pset_obj_track_times(properties.get(), false), "object times");
  return properties;
}

Handle create_dataset(hid_t file, const std::string& name, hid_t type, const std::vector<hsize_t>& shape,
                      hid_t properties) {
  const Handle space =
      need(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose, "a dataset's space");
  return need(H5Dcreate2(file, name.c_str(), type, space.get(), H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose,
              "creating a dataset");
}

void write_strings(hid_t dataset, const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  const Handle type = string_type();
  need(H5Dwrite(dataset, type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "writing labels");
}

std::vector<std::string> read_strings(hid_t file, const std::string& name) {
  const Handle dataset = open_dataset(file, name);
  const Handle space = need(H5Dget_space(dataset.get()), H5Sclose, "a dataset's space");
  std::vector<char*> pointers(count_of(dataset.get()), nullptr);
  if (pointers.empty()) return {};
  const Handle type = string_type();
  need(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), "reading labels");
  std::vector<std::string> out;
  for (const char* text : pointers) out.emplace_back(text ? text : "");
  H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, pointers.data());
  return out;
}

std::vector<std::int64_t> read_int64s(hid_t file, const std::string& name) {
  return read_all<std::int64_t>(file, name, H5T_NATIVE_INT64);
}
std::vector<double> read_doubles(hid_t file, const std::string& name) {
  return read_all<double>(file, name, H5T_NATIVE_DOUBLE);
}

bool has_dataset(hid_t file, const std::string& name) { return H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0; }

Handle open_dataset(hid_t file, const std::string& name) {
  return need(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, "opening a dataset");
}

}  // namespace rackrate::record::detail
