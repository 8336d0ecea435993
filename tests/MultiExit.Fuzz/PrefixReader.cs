using MultiExit.Engine.Protocols;

namespace MultiExit.Fuzz;

/// <summary>Reads a message from the front of bytes.</summary>
internal delegate ParseStatus PrefixReader(ReadOnlySpan<byte> source, out int consumed);
