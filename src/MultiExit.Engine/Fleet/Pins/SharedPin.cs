using MultiExit.Engine.Balancing;

namespace MultiExit.Engine.Fleet.Pins;

/// <summary>A client of a sticky group and the exit that it is bound to.</summary>
/// <param name="Group">The group.</param>
/// <param name="Binding">The client, by a hash, the exit, and how long ago it was seen last; of a client that is bound no more, since when.</param>
/// <param name="IsBound">Whether it is bound.</param>
/// <param name="Lasts">How long it lasts from when it was seen last.</param>
internal sealed record SharedPin(string Group, StickyBinding Binding, bool IsBound, TimeSpan Lasts);
