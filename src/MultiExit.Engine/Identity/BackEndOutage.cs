namespace MultiExit.Engine.Identity;

/// <summary>That a back-end does not answer.</summary>
/// <param name="Reason">Why, as a part of a sentence.</param>
/// <param name="Since">Since when.</param>
internal sealed record BackEndOutage(string Reason, DateTimeOffset Since);
