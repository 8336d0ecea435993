using System.Globalization;
using System.Text.RegularExpressions;

namespace MultiExit.Engine.Records;

/// <summary>A file with records of a day: <c>records-2026-11-29.db</c>, and where one grows too large, <c>records-2026-11-29.2.db</c> and so on.</summary>
/// <param name="Path">The path.</param>
/// <param name="Day">The day, in UTC.</param>
/// <param name="Part">Which one of the day, from 1.</param>
internal sealed partial record PartitionFile(string Path, DateOnly Day, int Part)
{
    /// <summary>The first key of a day.</summary>
    public static long FirstKey(DateOnly day) => RecordColumns.ToTicks(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));

    /// <summary>The day of a key.</summary>
    public static DateOnly DayOf(long key) => DateOnly.FromDateTime(RecordColumns.FromTicks(key).UtcDateTime);

    /// <summary>The file of a day.</summary>
    /// <param name="path">The name that all files have in common.</param>
    /// <param name="day">The day.</param>
    /// <param name="part">Which one of the day, from 1.</param>
    public static PartitionFile Of(string path, DateOnly day, int part = 1)
    {
        string ending = System.IO.Path.GetExtension(path);
        string number = part == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $".{part}");
        return new PartitionFile(string.Create(CultureInfo.InvariantCulture, $"{path[..^ending.Length]}-{day:yyyy-MM-dd}{number}{ending}"), day, part);
    }

    /// <summary>The files that are there, oldest first.</summary>
    /// <param name="path">The name that all files have in common.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static IReadOnlyList<PartitionFile> List(string path)
    {
        string folder = System.IO.Path.GetDirectoryName(path)!, name = System.IO.Path.GetFileNameWithoutExtension(path);
        string ending = System.IO.Path.GetExtension(path);
        List<PartitionFile> found = [];
        if (!Directory.Exists(folder)) return found;
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            string own = System.IO.Path.GetFileName(file);
            if (!own.StartsWith(name + '-', StringComparison.Ordinal) || !own.EndsWith(ending, StringComparison.Ordinal)) continue;
            Match match = Middle().Match(own[name.Length..^ending.Length]);
            ReadOnlySpan<char> date = match.Groups["day"].ValueSpan;
            if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) continue;
            int part = match.Groups["part"] is { Success: true } group ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 1;
            found.Add(new PartitionFile(file, day, part));
        }
        return [.. found.OrderBy(file => file.Day).ThenBy(file => file.Part)];
    }

    /// <summary>The bytes that it takes, with what SQLite has beside it.</summary>
    public long Size => Sqlite.SizeOf(Path);

    /// <summary>Deletes it.</summary>
    /// <exception cref="IOException">It cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be deleted.</exception>
    public void Delete()
    {
        foreach (string file in Sqlite.FilesOf(Path)) File.Delete(file);
    }

    /// <summary>Renames it, with what is beside it, so that it is no partition any more.</summary>
    /// <returns>Its new path.</returns>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be renamed.</exception>
    public string SetAside(DateTimeOffset now)
    {
        string aside = string.Create(CultureInfo.InvariantCulture, $"{Path}.damaged-{now:yyyyMMdd'T'HHmmss'Z'}");
        for (int i = 2; File.Exists(aside); i++) aside = string.Create(CultureInfo.InvariantCulture, $"{Path}.damaged-{now:yyyyMMdd'T'HHmmss'Z'}.{i}");
        foreach (string file in Sqlite.FilesOf(Path))
            if (File.Exists(file)) File.Move(file, aside + file[Path.Length..]);
        return aside;
    }

    [GeneratedRegex(@"^-(?<day>\d{4}-\d\d-\d\d)(\.(?<part>[1-9]\d{0,5}))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Middle();
}
