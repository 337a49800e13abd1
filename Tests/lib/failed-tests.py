"""Prints the tests that failed, with what they found, from the reports given: a long run hides them among all others."""

import sys
import xml.etree.ElementTree as ElementTree

for report in sys.argv[1:]:
    for case in ElementTree.parse(report).iter("testcase"):
        for failure in case.findall("failure"):
            print(f"    {case.get('classname')} {case.get('name')}: {failure.get('message', '')[:1000]}")
