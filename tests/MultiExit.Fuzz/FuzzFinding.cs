namespace MultiExit.Fuzz;

/// <summary>An input that a target fails on.</summary>
/// <param name="Target">The target.</param>
/// <param name="Input">The input, cut down.</param>
/// <param name="Seed">The seed that the mutator made it of; null for an input of the corpus or of a file.</param>
/// <param name="Fault">The exception for the whole input.</param>
internal sealed record FuzzFinding(string Target, byte[] Input, int? Seed, Exception Fault)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        string seed = Seed is null ? "" : $", seed {Seed}";
        return $"{Target}{seed}: {Fault.GetType().Name}: {Fault.Message}\n{Escaped.Write(Input)}\n{Fault.StackTrace}";
    }
}
