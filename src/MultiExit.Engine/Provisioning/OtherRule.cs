namespace MultiExit.Engine.Provisioning;

/// <summary>A policy rule that another program made.</summary>
/// <param name="Mark">The mark it looks for; 0: none.</param>
/// <param name="Table">The table it leads to; 0: none.</param>
internal sealed record OtherRule(int Mark, int Table);
