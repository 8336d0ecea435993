using System.Globalization;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The names of the files of a log: for <c>mx.log</c> they are <c>mx20261129.log</c>, and <c>mx20261129_001.log</c> when that one is full.</summary>
/// <param name="path">The path of the configuration.</param>
internal sealed class LogFileNames(string path)
{
    private const int DateLength = 8, SequenceLength = 3;
    private readonly string _prefix = System.IO.Path.GetFileNameWithoutExtension(path);
    private readonly string _extension = System.IO.Path.GetExtension(path);

    /// <summary>The folder of the files.</summary>
    public string Folder { get; } = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? System.IO.Path.GetFullPath(path);

    /// <summary>The file of a day.</summary>
    /// <param name="day">The day, local time.</param>
    /// <param name="sequence">0 for the first of the day.</param>
    public string Of(DateOnly day, int sequence)
    {
        string number = sequence == 0 ? "" : "_" + sequence.ToString("D3", CultureInfo.InvariantCulture);
        return System.IO.Path.Combine(Folder, $"{_prefix}{day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}{number}{_extension}");
    }

    /// <summary>The files that are there, the newest first.</summary>
    public IReadOnlyList<(string Path, DateOnly Day, int Sequence)> Find()
    {
        List<(string Path, DateOnly Day, int Sequence)> found = [];
        foreach (string file in Directory.EnumerateFiles(Folder, $"{_prefix}*{_extension}"))
            if (Parse(System.IO.Path.GetFileName(file)) is { } name) found.Add((file, name.Day, name.Sequence));
        return [.. found.OrderByDescending(file => file.Day).ThenByDescending(file => file.Sequence)];
    }

    private (DateOnly Day, int Sequence)? Parse(string name)
    {
        if (!name.StartsWith(_prefix, StringComparison.Ordinal) || !name.EndsWith(_extension, StringComparison.Ordinal)) return null;
        if (name.Length < _prefix.Length + DateLength + _extension.Length) return null;
        ReadOnlySpan<char> middle = name.AsSpan(_prefix.Length, name.Length - _prefix.Length - _extension.Length);
        if (!DateOnly.TryParseExact(middle[..DateLength], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)) return null;
        ReadOnlySpan<char> rest = middle[DateLength..];
        if (rest.IsEmpty) return (day, 0);
        return rest.Length > SequenceLength && rest[0] == '_' && int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int sequence)
            ? (day, sequence) : null;
    }
}
