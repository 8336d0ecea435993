using System.Globalization;
using System.Management.Automation;

namespace MultiExit;

/// <summary>Takes a size or bandwidth as it is written, in the configuration's notation, and refuses a number that has lost its unit: PowerShell
/// reads <c>500GB</c> as 500 times 2^30, and the configuration as 500 times 10^9.</summary>
/// <param name="example">What to write, for the error.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SizeAttribute(string example) : ArgumentTransformationAttribute
{
    /// <summary>What to write, for the error.</summary>
    public string Example { get; } = example;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = NumberText.Of(inputData);
        if (value is null or string) return value;
        throw new ArgumentTransformationMetadataException(string.Create(CultureInfo.InvariantCulture,
            $"'{value}' is a number, in which the unit cannot be seen: PowerShell counts KB, MB and GB in powers of 1024, "
            + $"the configuration in powers of 1000. Expected text in quotes, with one of B, KB, MB, GB (1000), "
            + $"KiB, MiB, GiB (1024), such as '{Example}', or none."));
    }
}
