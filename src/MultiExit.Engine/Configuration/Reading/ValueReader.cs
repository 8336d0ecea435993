using System.Globalization;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Reads single values. Every method returns null after it has told what is wrong.</summary>
internal sealed class ValueReader(ErrorList errors)
{
    public ErrorList Errors => errors;

    /// <summary>Reads text; it may be empty.</summary>
    public string? Text(ConfigNode node, string expected = "text")
    {
        if (node is ScalarNode { IsNull: false } scalar) return scalar.Text;
        Expect(node, expected);
        return null;
    }

    /// <summary>Reads a whole number.</summary>
    public int? Integer(ConfigNode node, int min, int max)
    {
        string expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
        if (node is ScalarNode { IsPlain: true } scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max) return value;
        Expect(node, expected);
        return null;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public bool? Flag(ConfigNode node)
    {
        switch (node)
        {
            case ScalarNode { IsPlain: true, Text: "true" or "True" or "TRUE" }: return true;
            case ScalarNode { IsPlain: true, Text: "false" or "False" or "FALSE" }: return false;
        }
        Expect(node, "true or false");
        return null;
    }

    /// <summary>Reads a duration.</summary>
    public TimeSpan? Duration(ConfigNode node, TimeSpan min, TimeSpan max)
    {
        if (node is ScalarNode scalar && DurationText.TryParse(scalar.Text, out TimeSpan value))
        {
            if (value >= min && value <= max) return value;
            errors.Add(node.Place, $"{ErrorText.Quote(scalar.Text)} is out of range; expected {DurationText.Format(min)} to {DurationText.Format(max)}");
            return null;
        }
        Expect(node, DurationText.Expected);
        return null;
    }

    /// <summary>Reads a size in bytes.</summary>
    public long? Size(ConfigNode node, long min, long max)
    {
        if (node is ScalarNode scalar && SizeText.TryParse(scalar.Text, out long value)) return InRange(node, scalar.Text, value, min, max, "");
        Expect(node, SizeText.Expected);
        return null;
    }

    /// <summary>Reads a bandwidth, in bytes a second.</summary>
    public long? Bandwidth(ConfigNode node, long min, long max)
    {
        if (node is ScalarNode scalar && RateText.TryParseBytes(scalar.Text, out long value)) return InRange(node, scalar.Text, value, min, max, "/s");
        Expect(node, RateText.ExpectedBytes);
        return null;
    }

    /// <summary>Reads a rate, in a second.</summary>
    public int? Rate(ConfigNode node, int min, int max)
    {
        if (node is ScalarNode scalar && RateText.TryParse(scalar.Text, out int value))
        {
            if (value >= min && value <= max) return value;
            errors.Add(node.Place, string.Create(CultureInfo.InvariantCulture, $"{ErrorText.Quote(scalar.Text)} is out of range; expected {min}/s to {max}/s"));
            return null;
        }
        Expect(node, RateText.Expected);
        return null;
    }

    private long? InRange(ConfigNode node, string text, long value, long min, long max, string unit)
    {
        if (value >= min && value <= max) return value;
        errors.Add(node.Place, $"{ErrorText.Quote(text)} is out of range; expected {SizeText.Format(min)}{unit} to {SizeText.Format(max)}{unit}");
        return null;
    }

    /// <summary>Reads one of the given words.</summary>
    public string? Choice(ConfigNode node, IReadOnlyCollection<string> choices)
    {
        if (node is ScalarNode { IsNull: false } scalar)
        {
            if (choices.Contains(scalar.Text, StringComparer.Ordinal)) return scalar.Text;
            string? near = EditDistance.Nearest(scalar.Text, choices);
            errors.Add(node.Place, near is null
                ? $"expected {ErrorText.OneOf(choices)}, found {ErrorText.Quote(scalar.Text)}"
                : $"unknown value {ErrorText.Quote(scalar.Text)}; did you mean \"{near}\"?");
            return null;
        }
        Expect(node, ErrorText.OneOf(choices));
        return null;
    }

    /// <summary>Reads a list that is not empty; a single value stands for a list of one.</summary>
    public IReadOnlyList<ConfigNode> Values(ConfigNode node, string expected)
    {
        switch (node)
        {
            case ScalarNode { IsNull: false }: return [node];
            case ListNode { Items.Count: > 0 } list: return list.Items;
        }
        Expect(node, expected);
        return [];
    }

    /// <summary>Tells what was expected and what stands there instead.</summary>
    /// <param name="node">What stands there.</param>
    /// <param name="expected">What was expected.</param>
    /// <param name="mayBeSecret">Leaves the value out.</param>
    public void Expect(ConfigNode node, string expected, bool mayBeSecret = false)
    {
        string found = node switch
        {
            _ when mayBeSecret => node.Kind,
            ScalarNode { IsNull: false } scalar => ErrorText.Quote(scalar.Text),
            ListNode { Items.Count: 0 } => "an empty list",
            MapNode { Entries.Count: 0 } => "an empty mapping",
            _ => node.Kind,
        };
        errors.Add(node.Place, $"expected {expected}, found {found}");
    }
}
