namespace MultiExit.Fuzz;

/// <summary>Gives one input to what is under test and checks what must hold of any. What it throws is a fault.</summary>
internal delegate void FuzzBody(ReadOnlySpan<byte> input);
