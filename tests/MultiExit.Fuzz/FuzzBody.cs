namespace MultiExit.Fuzz;

/// <summary>Gives one input to the code under test and checks the rules that hold for any input. An exception is a fault.</summary>
internal delegate void FuzzBody(ReadOnlySpan<byte> input);
