using System.Globalization;
using System.Text;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Files;

namespace MultiExit.Engine.Balancing;

/// <summary>The bindings of a sticky group on disk: a first line that says what it is, then <c>id last-seen member [lifetime]</c> in each line,
/// hexadecimal, seconds since 1970, a name, and seconds where the client chose how many. A reader of the file cannot tell which clients these are.</summary>
internal sealed class StickyFile(string path, StickyTable table, TimeProvider time)
{
    private const string FirstLine = "multiexit sticky 1";
    private const int IdLength = 32, MaxName = 256, MaxLifetime = 30 * 86400;

    // Four times what a full table needs: a larger file was not written by this program.
    private const long MaxSize = 32 * 1024 * 1024;

    private readonly Lock _saving = new();
    private long _saved = -1;

    public string Path { get; } = path;

    /// <summary>Reads the file. A missing or empty file has no bindings.</summary>
    /// <param name="members">The members of the group; bindings to others are dropped.</param>
    /// <param name="lifetime">Older bindings are dropped.</param>
    /// <param name="faulty">How many lines could not be parsed and are ignored.</param>
    /// <param name="othersCome">Whether the group gets further members later, whose bindings wait for them.</param>
    /// <exception cref="ProxyException">The file is something else, or cannot be read.</exception>
    public IReadOnlyList<StickyBinding> Read(HashSet<string> members, TimeSpan lifetime, out int faulty, bool othersCome = false)
    {
        faulty = 0;
        try
        {
            if (!File.Exists(Path))
            {
                string folder = System.IO.Path.GetDirectoryName(Path)!;
                return Directory.Exists(folder) ? [] : throw Invalid($"its folder {folder} is not there; create it, writable for the server");
            }
            using FileStream stream = RegularFile.OpenRead(Path);
            if (stream.Length > MaxSize) throw Foreign();
            using StreamReader reader = new(stream, Encoding.UTF8);
            string? first = reader.ReadLine();
            if (first is null) return [];
            if (!string.Equals(first, FirstLine, StringComparison.Ordinal)) throw Foreign();
            return Read(reader, members, lifetime, othersCome, out faulty);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"it cannot be read: {exception.Message}");
        }
    }

    /// <summary>Writes the file when the table has changed since the last time: a new file, which replaces the old one in one step.</summary>
    /// <exception cref="IOException">It cannot be written; the old one stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the old one stays.</exception>
    public void Save()
    {
        lock (_saving)
        {
            if (table.Changes == _saved) return;
            IReadOnlyList<StickyBinding> bindings = table.Snapshot(out long changes);
            AtomicFile.Write(Path, stream =>
            {
                using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
                Write(writer, bindings);
            });
            _saved = changes;
        }
    }

    private List<StickyBinding> Read(StreamReader reader, HashSet<string> members, TimeSpan lifetime, bool othersCome, out int faulty)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        DateTimeOffset now = time.GetUtcNow();
        List<StickyBinding> bindings = [];
        faulty = 0;
        while (bindings.Count < StickyTable.MaxBindings && reader.ReadLine() is { } line)
        {
            if (!TryParse(line, now, out StickyBinding binding)) faulty++;
            // The string of the member set is kept, not the one just read, so that a file cannot make the table hold copies of it.
            else if (binding.Age < (binding.Lifetime ?? lifetime) && Known(binding.Member) is { } member)
                bindings.Add(binding with { Member = member });
        }
        return bindings;

        string? Known(string name)
        {
            if (members.TryGetValue(name, out string? known)) return known;
            // Members that come later: their bindings wait for them.
            if (!othersCome || names.Count == StickyTable.MaxBindings) return null;
            if (names.TryGetValue(name, out known)) return known;
            names.Add(name);
            return name;
        }
    }

    private void Write(StreamWriter writer, IReadOnlyList<StickyBinding> bindings)
    {
        DateTimeOffset now = time.GetUtcNow();
        writer.WriteLine(FirstLine);
        foreach (StickyBinding binding in bindings)
        {
            long seen = (now - binding.Age).ToUnixTimeSeconds();
            string own = binding.Lifetime is { } lifetime ? string.Create(CultureInfo.InvariantCulture, $" {Math.Ceiling(lifetime.TotalSeconds)}") : "";
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{binding.Id:x32} {seen} {binding.Member}{own}"));
        }
    }

    private static bool TryParse(string line, DateTimeOffset now, out StickyBinding binding)
    {
        binding = default;
        if (line.Length < IdLength + 4 || line[IdLength] != ' ') return false;
        int space = line.IndexOf(' ', IdLength + 1);
        if (space < 0) return false;
        int end = line.IndexOf(' ', space + 1);
        uint own = 0;
        if (end >= 0 && (!uint.TryParse(line.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out own) || own > MaxLifetime)) return false;
        string member = end < 0 ? line[(space + 1)..] : line[(space + 1)..end];
        if (member.Length is < 1 or > MaxName
            || !UInt128.TryParse(line.AsSpan(0, IdLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 id)
            || !uint.TryParse(line.AsSpan(IdLength + 1, space - IdLength - 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint seen)) return false;
        TimeSpan age = now - DateTimeOffset.FromUnixTimeSeconds(seen);
        // The clock was ahead when the line was written.
        binding = new StickyBinding(id, member, age < TimeSpan.Zero ? TimeSpan.Zero : age, end < 0 ? null : TimeSpan.FromSeconds(own));
        return true;
    }

    private ProxyException Foreign() => Invalid("it is not such a file (its first line is another); name another one, or delete it");

    private ProxyException Invalid(string what) => new(ProxyError.InvalidConfiguration, $"the state file {Path} of a sticky group: {what}");
}
