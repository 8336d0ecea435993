namespace MultiExit.Engine.Provisioning;

/// <summary>A rule of nftables.</summary>
/// <param name="Parts">Its parts in their order.</param>
internal sealed record NftRule(params NftPart[] Parts)
{
    /// <summary>The rule as a script has it.</summary>
    public string Text => string.Join(' ', Parts.Select(part => part.Text));

    /// <summary>The rule as <see cref="NftListing"/> has it.</summary>
    /// <param name="chain">Its chain.</param>
    public string LineIn(string chain) => $"{chain}: [{string.Join(',', Parts.Select(part => part.Json))}]";
}
