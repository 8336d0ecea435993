namespace MultiExit.Engine.Control;

/// <summary>What whoever asks may do.</summary>
/// <param name="Role"><c>operator</c>, or <c>reader</c>: reads and changes nothing.</param>
/// <param name="Who">The user that asks; null where the system does not report it.</param>
internal sealed record AccessStatus(string Role, string? Who)
{
    public const string Operator = "operator";
    public const string Reader = "reader";
}
