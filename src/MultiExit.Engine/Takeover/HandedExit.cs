namespace MultiExit.Engine.Takeover;

/// <summary>An exit that an operator has changed at run time.</summary>
internal sealed record HandedExit(string Name, bool Disabled, bool Cut, int? Configured, int? Weight);
