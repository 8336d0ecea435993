namespace MultiExit.Engine.Configuration.Ranges;

/// <summary>Collects what is wrong with the values of records, in the sentences that a document with these values gets.</summary>
/// <param name="path">Where the record is, <c>inbounds[0]</c>; empty for the root.</param>
/// <param name="problems">What is wrong so far, each with its path.</param>
internal sealed class ValueCheck(string path, List<string> problems)
{
    /// <summary>Checks a whole number; null is a value that is absent.</summary>
    public void Check(IntegerRange range, int? value, string? key = null) => Add(key ?? range.Key, value is { } number ? range.Problem(number) : null);

    /// <summary>Checks a rate.</summary>
    public void Check(RateRange range, int? value, string? key = null) => Add(key ?? range.Key, value is { } number ? range.Problem(number) : null);

    /// <summary>Checks a share.</summary>
    public void Check(ShareRange range, double value) => Add(range.Key, range.Problem(value));

    /// <summary>Checks a size or bandwidth.</summary>
    public void Check(SizeRange range, long? value, string? key = null) => Add(key ?? range.Key, value is { } size ? range.Problem(size) : null);

    /// <summary>Checks a duration.</summary>
    public void Check(DurationRange range, TimeSpan? value) => Add(range.Key, value is { } time ? range.Problem(time) : null);

    /// <summary>Adds what is wrong with a key, unless it is null.</summary>
    public void Add(string key, string? problem)
    {
        if (problem is not null) problems.Add($"{PathOf(key)}: {problem}");
    }

    /// <summary>The same check for the record that a key holds.</summary>
    public ValueCheck At(string key) => new(PathOf(key), problems);

    private string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";
}
