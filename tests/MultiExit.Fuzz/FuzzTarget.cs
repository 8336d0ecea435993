namespace MultiExit.Fuzz;

/// <summary>Code that reads input from outside.</summary>
/// <param name="Name">Its name on the command line; the corpus has the same.</param>
/// <param name="Run">The action on an input.</param>
internal sealed record FuzzTarget(string Name, FuzzBody Run)
{
    /// <summary>The longest input that the mutator makes, in bytes.</summary>
    public int MaxLength { get; init; } = 2048;

    /// <summary>Words of the format, in the notation of the corpus, for the mutator to put in.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    // A name says which test it is.
    /// <inheritdoc/>
    public override string ToString() => Name;
}
