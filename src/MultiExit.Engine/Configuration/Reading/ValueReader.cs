using System.Globalization;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Reads single values. Every method returns null after it has reported what is wrong.</summary>
internal sealed class ValueReader(ErrorList errors)
{
    public ErrorList Errors => errors;

    /// <summary>Gets what each value is read as; null: nobody does.</summary>
    public Action<ReadNote>? Observer { get; set; }

    /// <summary>Reads text; it may be empty.</summary>
    public string? Text(ConfigNode node, string expected = "text")
    {
        Note(node, ReadKind.Text);
        if (node is ScalarNode { IsNull: false } scalar) return scalar.Text;
        Expect(node, expected);
        return null;
    }

    /// <summary>Reads a whole number.</summary>
    public int? Integer(ConfigNode node, IntegerRange range)
    {
        Note(node, ReadKind.Integer, range);
        if (node is ScalarNode { IsPlain: true } scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && range.Contains(value)) return value;
        Expect(node, range.Expected);
        return null;
    }

    /// <summary>Reads a number that may have a fraction.</summary>
    public double? Share(ConfigNode node, ShareRange range)
    {
        Note(node, ReadKind.Share, range);
        if (node is ScalarNode { IsPlain: true } scalar
            && double.TryParse(scalar.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && range.Problem(value) is null)
            return value;
        Expect(node, range.Expected);
        return null;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public bool? Flag(ConfigNode node)
    {
        Note(node, ReadKind.Flag);
        bool? flag = FlagOf(node);
        if (flag is null) Expect(node, "true or false");
        return flag;
    }

    /// <summary>What <see cref="Flag"/> reads, without its error; null for no node too.</summary>
    public static bool? FlagOf(ConfigNode? node) => node switch
    {
        ScalarNode { IsPlain: true, Text: "true" or "True" or "TRUE" } => true,
        ScalarNode { IsPlain: true, Text: "false" or "False" or "FALSE" } => false,
        _ => null,
    };

    /// <summary>Reads a duration.</summary>
    public TimeSpan? Duration(ConfigNode node, DurationRange range)
    {
        Note(node, ReadKind.Duration, range);
        if (node is ScalarNode scalar && DurationText.TryParse(scalar.Text, out TimeSpan value))
            return IsGood(node, range.Problem(value, ErrorText.Quote(scalar.Text))) ? value : null;
        Expect(node, DurationText.Expected);
        return null;
    }

    /// <summary>Reads a size in bytes, or a bandwidth in bytes a second.</summary>
    public long? Size(ConfigNode node, SizeRange range)
    {
        Note(node, ReadKind.Size, range);
        long value = 0;
        if (node is ScalarNode scalar && (range.IsRate ? RateText.TryParseBytes(scalar.Text, out value) : SizeText.TryParse(scalar.Text, out value)))
            return IsGood(node, range.Problem(value, ErrorText.Quote(scalar.Text))) ? value : null;
        Expect(node, range.IsRate ? RateText.ExpectedBytes : SizeText.Expected);
        return null;
    }

    /// <summary>Reads a rate, in a second.</summary>
    public int? Rate(ConfigNode node, RateRange range)
    {
        Note(node, ReadKind.Rate, range);
        if (node is ScalarNode scalar && RateText.TryParse(scalar.Text, out int value))
            return IsGood(node, range.Problem(value, ErrorText.Quote(scalar.Text))) ? value : null;
        Expect(node, RateText.Expected);
        return null;
    }

    private void Note(ConfigNode node, ReadKind kind, object? detail = null) => Observer?.Invoke(new(node.Place.Path, kind, detail));

    private bool IsGood(ConfigNode node, string? problem)
    {
        if (problem is not null) errors.Add(node.Place, problem);
        return problem is null;
    }

    /// <summary>Reads one of the given words.</summary>
    public string? Choice(ConfigNode node, IReadOnlyCollection<string> choices)
    {
        Note(node, ReadKind.Choice, choices);
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
        Note(node, ReadKind.List);
        switch (node)
        {
            case ScalarNode { IsNull: false }: return [node];
            case ListNode { Items.Count: > 0 } list: return list.Items;
        }
        Expect(node, expected);
        return [];
    }

    /// <summary>Reports what was expected and what stands there instead.</summary>
    /// <param name="node">The value that stands there.</param>
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
