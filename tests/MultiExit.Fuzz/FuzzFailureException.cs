namespace MultiExit.Fuzz;

/// <summary>Something that must hold of any input does not hold of this one.</summary>
internal class FuzzFailureException(string message) : Exception(message);
