using System.Globalization;

namespace MultiExit.Soak.Watch;

/// <summary>Files of /proc with a key and a value on each line.</summary>
internal static class ProcFile
{
    public static long Number(string file, string key)
    {
        string line = File.ReadLines(file).First(line => line.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line[key.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
