namespace MultiExit.Fuzz;

/// <summary>The inputs in the repository: Corpus/TARGET.txt has one a line, in the notation of <see cref="Escaped"/>; a line that begins
/// with # is a comment.</summary>
internal static class Corpus
{
    /// <summary>The targets that there are inputs for.</summary>
    public static IEnumerable<string> Names =>
        typeof(Corpus).Assembly.GetManifestResourceNames().Select(name => Path.GetFileNameWithoutExtension(name));

    /// <summary>The inputs of a target; there is always an empty one.</summary>
    public static IReadOnlyList<byte[]> Of(string target)
    {
        using Stream stream = typeof(Corpus).Assembly.GetManifestResourceStream($"{target}.txt")
            ?? throw new InvalidOperationException($"there is no Corpus/{target}.txt");
        using StreamReader reader = new(stream);
        List<byte[]> inputs = [[]];
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#') inputs.Add(Escaped.Read(line));
        return inputs;
    }
}
