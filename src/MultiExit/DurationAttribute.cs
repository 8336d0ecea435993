using System.Globalization;
using System.Management.Automation;

namespace MultiExit;

/// <summary>Lets a TimeSpan parameter take a plain number as seconds (PowerShell alone would take it as ticks of 100 ns) and
/// the configuration's notation: <c>500ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            // 20s is a number too: PowerShell reads the s as the suffix of a 16-bit integer.
            sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal => TimeSpan.FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            string text => Parse(text) ?? inputData,
            _ => inputData,
        };
    }

    private static TimeSpan? Parse(string text)
    {
        string number = text.TrimEnd('m', 's', 'h');
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            return null;

        return text[number.Length..] switch
        {
            "" or "s" => TimeSpan.FromSeconds(value),
            "ms" => TimeSpan.FromMilliseconds(value),
            "m" => TimeSpan.FromMinutes(value),
            "h" => TimeSpan.FromHours(value),
            _ => null,
        };
    }
}
