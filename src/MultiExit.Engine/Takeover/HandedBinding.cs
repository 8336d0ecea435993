namespace MultiExit.Engine.Takeover;

/// <summary>A client or user and its member; see <c>StickyBinding</c>.</summary>
internal sealed record HandedBinding(UInt128 Id, string Member, TimeSpan Age, TimeSpan? Lifetime);
